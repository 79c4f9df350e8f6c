<?php
/**
 * Plugin Name: Pressbox
 * Description: What must differ when WordPress runs in a sandbox that has no network and no mail.
 */

// No request leaves the sandbox: WordPress learns that at once and in words,
// instead of trying each of its transports.
add_filter(
	'pre_http_request',
	static function ( $response, $args, $url ) {
		return new WP_Error( 'http_request_failed', 'This site runs in a sandbox without a network, so it cannot reach ' . (string) wp_parse_url( $url, PHP_URL_HOST ) . '.' );
	},
	10,
	3
);

// The directories of plugins and themes say the same, and what to do instead.
foreach ( array( 'plugins_api' => 'plugin', 'themes_api' => 'theme' ) as $pressbox_filter => $pressbox_kind ) {
	add_filter(
		$pressbox_filter,
		static function () use ( $pressbox_filter, $pressbox_kind ) {
			return new WP_Error( $pressbox_filter . '_failed', "This site runs in a sandbox without a network, so it cannot reach the {$pressbox_kind} directory. Download a {$pressbox_kind} as a zip and upload it here." );
		}
	);
}
unset( $pressbox_filter, $pressbox_kind );

// The answer to "are there updates?" is known without asking, and asking would
// cost every page of the dashboard a moment.
foreach ( array( 'update_core', 'update_plugins', 'update_themes' ) as $pressbox_name ) {
	add_filter(
		'pre_site_transient_' . $pressbox_name,
		static function () {
			return (object) array(
				'last_checked'    => time(),
				'version_checked' => get_bloginfo( 'version' ),
				'updates'         => array(),
				'response'        => array(),
				'no_update'       => array(),
				'translations'    => array(),
				'checked'         => array(),
			);
		}
	);
}
unset( $pressbox_name );
// Where somebody looks for updates, the page says that nobody asked.
add_action(
	'load-update-core.php',
	static function () {
		add_action(
			'admin_notices',
			static function () {
				echo '<div class="notice notice-info"><p>This site runs in a sandbox without a network: whether there is anything newer is not known here. A newer WordPress comes with a newer snapshot.</p></div>';
			}
		);
	}
);

// Mail is accepted and shown in the log instead of being sent: the page shows
// the log, and a link in a mail (a new password, recovery mode) can be used.
add_filter(
	'pre_wp_mail',
	static function ( $sent, $mail ) {
		$to = is_array( $mail['to'] ) ? implode( ', ', $mail['to'] ) : $mail['to'];
		error_log( 'mail to ' . $to . ': ' . $mail['subject'] . "\n" . substr( (string) $mail['message'], 0, 4000 ) );
		return true;
	},
	10,
	2
);

// The host routes every path that is no file to index.php, which WordPress
// would only believe of servers it knows.
add_filter( 'got_url_rewrite', '__return_true' );

// Avatars would come from another host: everybody looks like our own picture.
add_filter(
	'pre_get_avatar_data',
	static function ( $args ) {
		$args['url']          = content_url( 'mu-plugins/pressbox/person.png' );
		$args['found_avatar'] = true;
		return $args;
	}
);

// Emoji are drawn by the visitor's own fonts, not with pictures and a script
// from another host.
remove_action( 'wp_head', 'print_emoji_detection_script', 7 );
remove_action( 'embed_head', 'print_emoji_detection_script' );
add_action(
	'admin_init',
	static function () {
		remove_action( 'admin_print_scripts', 'print_emoji_detection_script' );
	}
);
add_filter( 'emoji_svg_url', '__return_false' );

// The directories of patterns, blocks and fonts are on the network: the
// editors would wait for them and show errors.
add_filter( 'should_load_remote_block_patterns', '__return_false' );
remove_action( 'enqueue_block_editor_assets', 'wp_enqueue_editor_block_directory_assets' );
add_action(
	'init',
	static function () {
		if ( function_exists( 'wp_unregister_font_collection' ) && class_exists( 'WP_Font_Library' ) && WP_Font_Library::get_instance()->get_font_collection( 'google-fonts' ) ) {
			wp_unregister_font_collection( 'google-fonts' );
		}
	},
	11
);

// News and events come from the network; Site Health's box judges a server
// that is not there.
add_action(
	'wp_dashboard_setup',
	static function () {
		remove_meta_box( 'dashboard_primary', 'dashboard', 'side' );
		remove_meta_box( 'dashboard_site_health', 'dashboard', 'normal' );
	}
);

// Nothing calls a site in a sandbox from outside, and it cannot call itself: what
// is due runs at the end of a request of somebody who is logged in. Visitors who
// only read are not kept waiting, and leave the site as they found it.
add_action(
	'shutdown',
	static function () {
		if ( is_user_logged_in() && ! wp_doing_ajax() && ! wp_doing_cron() && ! wp_installing() && empty( $_POST ) && wp_get_ready_cron_jobs() ) {
			require ABSPATH . 'wp-cron.php';
		}
	},
	PHP_INT_MAX
);
// Nothing is to be found out about updates.
remove_action( 'init', 'wp_schedule_update_checks' );

// Tests of Site Health that need a network, a request to the site itself or a
// server's configuration would fail for reasons that nobody here can change.
add_filter(
	'site_status_tests',
	static function ( $tests ) {
		foreach ( array( 'dotorg_communication', 'background_updates', 'loopback_requests', 'https_status', 'authorization_header', 'page_cache' ) as $name ) {
			unset( $tests['async'][ $name ] );
		}
		foreach ( array( 'php_version', 'rest_availability', 'http_requests', 'ssl_support', 'plugin_theme_auto_updates', 'update_temp_backup_writable', 'available_updates_disk_space', 'persistent_object_cache' ) as $name ) {
			unset( $tests['direct'][ $name ] );
		}
		return $tests;
	}
);

// An open page of the dashboard asks every 15 to 60 seconds whether something
// is new. In a tab each question is a run of PHP, and nobody else is there.
add_filter(
	'heartbeat_settings',
	static function ( $settings ) {
		$settings['interval'] = 120;
		return $settings;
	}
);

// The list of a theme's patterns changes with the theme and not every half
// hour: a snapshot carries it, and the first visit need not write it.
add_filter( 'wp_theme_files_cache_ttl', '__return_zero' );

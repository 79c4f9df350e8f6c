<?php
/*
 * Runs once, while a snapshot is made, after WordPress's own installer: fills
 * the site with things to look at and leaves the database small. It is not in
 * the finished snapshot.
 *
 * Answers with JSON: {"ok":true, ...} or an error that says what went wrong.
 */
define( 'WP_ADMIN', true );
require dirname( __DIR__, 2 ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

/** Ends the script with an answer. */
function pressbox_answer( array $answer ): void {
	header( 'Content-Type: application/json' );
	echo wp_json_encode( $answer );
	exit;
}

/** Returns an ID, or ends the script with the error that came instead. */
function pressbox_id( $id, string $what ): int {
	if ( is_wp_error( $id ) ) {
		pressbox_answer( array( 'error' => $what . ': ' . $id->get_error_message() ) );
	}
	if ( ! $id ) {
		pressbox_answer( array( 'error' => $what . ' was not made' ) );
	}
	return (int) $id;
}

/** Inserts a post; its date is so many hours before now. */
function pressbox_post( array $post, int $hours_ago, int $author ): int {
	$date = gmdate( 'Y-m-d H:i:00', time() - $hours_ago * 3600 );
	$id   = wp_insert_post(
		wp_slash(
			$post + array(
				'post_status'   => 'publish',
				'post_author'   => $author,
				'post_date'     => $date,
				'post_date_gmt' => $date,
			)
		),
		true
	);
	return pressbox_id( $id, 'the post "' . $post['post_title'] . '"' );
}

/** Fills the site. */
function pressbox_content(): void {
	global $wpdb, $wp_rewrite;
	$content = require __DIR__ . '/content.php';
	$admin   = get_user_by( 'login', $content['admin'] );
	if ( ! $admin ) {
		pressbox_answer( array( 'error' => 'the installer made no user ' . $content['admin'] ) );
	}
	wp_set_current_user( $admin->ID );

	// What the installer puts into every site is not worth a visit.
	foreach ( get_posts( array( 'post_type' => array( 'post', 'page' ), 'post_status' => 'any', 'numberposts' => -1 ) ) as $post ) {
		wp_delete_post( $post->ID, true );
	}
	update_option( 'wp_page_for_privacy_policy', 0 );

	update_option( 'blogdescription', $content['tagline'] );
	update_option( 'timezone_string', 'UTC' );
	// Whoever comments wants to see it, and nobody else will ever moderate it.
	update_option( 'comment_previously_approved', 0 );
	$wp_rewrite->set_permalink_structure( '/%postname%/' );

	// A tour through the editor in front of the editor is in the way of those
	// who came to try it.
	update_user_meta(
		$admin->ID,
		$wpdb->get_blog_prefix() . 'persisted_preferences',
		array(
			'core'           => array( 'enableChoosePatternModal' => false ),
			'core/edit-post' => array( 'welcomeGuide' => false, 'welcomeGuideTemplate' => false ),
			'core/edit-site' => array( 'welcomeGuide' => false, 'welcomeGuideStyles' => false, 'welcomeGuidePage' => false, 'welcomeGuideTemplate' => false ),
			'_modified'      => gmdate( 'Y-m-d\TH:i:s.000\Z' ),
		)
	);
	wp_update_user( array( 'ID' => $admin->ID, 'user_url' => '', 'display_name' => $content['author'], 'nickname' => $content['author'] ) );

	$categories = array();
	foreach ( $content['categories'] as $slug => $category ) {
		$term = wp_insert_term( $category['name'], 'category', array( 'slug' => $slug, 'description' => $category['description'] ) );
		$categories[ $slug ] = pressbox_id( is_wp_error( $term ) ? $term : $term['term_id'], 'the category ' . $slug );
	}

	$pictures = array();
	foreach ( $content['pictures'] as $name => $picture ) {
		$id = wp_insert_attachment(
			array(
				'post_title'     => $picture['title'],
				'post_name'      => $name,
				'post_excerpt'   => $picture['caption'],
				'post_mime_type' => 'image/png',
				'post_author'    => $admin->ID,
			),
			$picture['metadata']['file'],
			0,
			true
		);
		$pictures[ $name ] = pressbox_id( $id, 'the picture ' . $name );
		update_post_meta( $id, '_wp_attachment_image_alt', wp_slash( $picture['alt'] ) );
		wp_update_attachment_metadata( $id, $picture['metadata'] );
	}

	// A block may name a picture by its number, which is only known now.
	$numbers = array();
	foreach ( $pictures as $name => $id ) {
		$numbers[ '{picture:' . $name . '}' ] = (string) $id;
	}
	$ids = array();
	foreach ( $content['posts'] as $slug => $post ) {
		$id = pressbox_post(
			array(
				'post_type'     => 'post',
				'post_name'     => $slug,
				'post_title'    => $post['title'],
				'post_excerpt'  => $post['excerpt'],
				'post_content'  => strtr( $post['content'], $numbers ),
				'post_category' => array_map( static fn ( $name ) => $categories[ $name ], $post['categories'] ),
				'tags_input'    => $post['tags'],
			),
			$post['hours_ago'],
			$admin->ID
		);
		if ( isset( $post['picture'] ) ) {
			set_post_thumbnail( $id, $pictures[ $post['picture'] ] );
		}
		$ids[ $slug ] = $id;
	}
	foreach ( $content['pages'] as $slug => $page ) {
		$ids[ $slug ] = pressbox_post(
			array(
				'post_type'    => 'page',
				'post_name'    => $slug,
				'post_title'   => $page['title'],
				'post_content' => strtr( $page['content'], $numbers ),
			),
			$page['hours_ago'],
			$admin->ID
		);
	}
	pressbox_post( array( 'post_type' => 'wp_navigation', 'post_name' => 'navigation', 'post_title' => 'Navigation', 'post_content' => $content['navigation'] ), 1, $admin->ID );

	foreach ( $content['comments'] as $comment ) {
		$date = gmdate( 'Y-m-d H:i:00', time() - $comment['hours_ago'] * 3600 );
		$id   = wp_insert_comment(
			wp_slash(
				array(
					'comment_post_ID'      => $ids[ $comment['post'] ],
					'comment_author'       => $comment['author'],
					'comment_author_email' => $comment['email'],
					'comment_content'      => $comment['content'],
					'comment_date'         => $date,
					'comment_date_gmt'     => $date,
					'comment_approved'     => 1,
				)
			)
		);
		pressbox_id( $id, 'a comment' );
	}
	pressbox_answer( array( 'ok' => true, 'theme' => get_stylesheet(), 'posts' => count( $ids ) ) );
}

/** Takes out what is of this machine or of no use to a site that starts. */
function pressbox_clean(): void {
	global $wpdb;
	flush_rewrite_rules( false );
	foreach ( array( 'wp_version_check', 'wp_update_plugins', 'wp_update_themes' ) as $hook ) {
		wp_clear_scheduled_hook( $hook );
	}
	$wpdb->query( "DELETE FROM {$wpdb->options} WHERE option_name LIKE '\\_transient\\_%' OR option_name LIKE '\\_site\\_transient\\_%'" );
	foreach ( get_posts( array( 'post_type' => 'revision', 'post_status' => 'any', 'numberposts' => -1 ) ) as $revision ) {
		wp_delete_post( $revision->ID, true );
	}
	// The address that the site was built under goes: wp-config.php gives the
	// one it is asked under, and a GUID need only be a name.
	$wpdb->query( "UPDATE {$wpdb->posts} SET guid = CONCAT( '/?p=', ID )" );
	$wpdb->update( $wpdb->options, array( 'option_value' => '/' ), array( 'option_name' => 'siteurl' ) );
	$wpdb->update( $wpdb->options, array( 'option_value' => '/' ), array( 'option_name' => 'home' ) );
	wp_cache_flush();
	pressbox_answer( array( 'ok' => true ) );
}

/** Leaves the database as small as it can be, and makes sure that it is whole. */
function pressbox_finish(): void {
	$database = new PDO( 'sqlite:' . FQDB, null, null, array( PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION ) );
	$database->exec( 'PRAGMA optimize' );
	$database->exec( 'VACUUM' );
	$check = $database->query( 'PRAGMA integrity_check' )->fetchColumn();
	if ( 'ok' !== $check ) {
		pressbox_answer( array( 'error' => 'the database is damaged: ' . $check ) );
	}
	pressbox_answer( array( 'ok' => true ) );
}

if ( ! is_blog_installed() ) {
	pressbox_answer( array( 'error' => 'WordPress says that it is not installed' ) );
}
switch ( $_GET['step'] ?? '' ) {
	case 'content':
		pressbox_content();
		// Does not return.
	case 'clean':
		pressbox_clean();
		// Does not return.
	case 'finish':
		pressbox_finish();
		// Does not return.
}
pressbox_answer( array( 'error' => 'no such step' ) );

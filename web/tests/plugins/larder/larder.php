<?php
/*
Plugin Name: Larder
Description: Keeps pages and answers for a while: transients, a drop-in of its own, compressed output, as cache plugins do.
License: Apache-2.0
*/
register_activation_hook( __FILE__, function () {
	copy( __DIR__ . '/drop-in.php', WP_CONTENT_DIR . '/object-cache.php' );
	set_transient( 'larder_jam', array( 'strawberry' => 3 ), HOUR_IN_SECONDS );
} );
register_deactivation_hook( __FILE__, fn() => unlink( WP_CONTENT_DIR . '/object-cache.php' ) );
add_action( 'template_redirect', function () {
	if ( ! isset( $_GET['larder'] ) ) {
		return;
	}
	$file = WP_CONTENT_DIR . '/cache/larder/' . md5( $_SERVER['REQUEST_URI'] ) . '.html';
	wp_mkdir_p( dirname( $file ) );
	header( 'X-Larder: ' . ( is_file( $file ) ? 'kept' : 'fresh' ) );
	header( 'Vary: Accept-Encoding' );
	ob_start( 'ob_gzhandler' );
	ob_start( function ( $page ) use ( $file ) {
		$page .= '<!-- larder: ' . get_transient( 'larder_jam' )['strawberry'] . ' ' . wp_cache_get( 'spoons', 'larder' ) . ' -->';
		file_put_contents( "$file.tmp", $page, LOCK_EX );
		rename( "$file.tmp", $file );
		return $page;
	} );
} );

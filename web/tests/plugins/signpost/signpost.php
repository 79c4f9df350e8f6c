<?php
/*
Plugin Name: Signpost
Description: What search engines read: head, robots.txt, sitemaps and moved pages, as SEO plugins have them.
License: Apache-2.0
*/
add_action( 'wp_head', function () {
	if ( is_singular() ) {
		printf( "<meta name=\"description\" content=\"%s\">\n", esc_attr( mb_strimwidth( wp_strip_all_tags( get_the_excerpt() ), 0, 60, '…', 'UTF-8' ) ) );
		printf( "<script type=\"application/ld+json\">%s</script>\n", wp_json_encode( array( '@type' => 'Article', 'headline' => get_the_title(), 'url' => get_permalink() ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
	}
}, 1 );
add_filter( 'robots_txt', fn( $text ) => $text . "Disallow: /private/\n" );
add_filter( 'document_title_parts', fn( $parts ) => array( 'title' => 'Signpost: ' . ( $parts['title'] ?? '' ) ) );
add_action( 'template_redirect', function () {
	$path = wp_parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );
	if ( '/old/käse/' === rawurldecode( $path ) ) {
		wp_redirect( home_url( '/?moved=' . rawurlencode( 'käse & brot' ) ), 301, 'Signpost' );
		exit;
	}
	if ( is_404() && '/gone/' === $path ) {
		status_header( 410 );
		header( 'X-Signpost: gone' );
		header( 'X-Signpost: twice', false );
	}
} );

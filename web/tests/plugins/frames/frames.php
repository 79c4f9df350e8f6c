<?php
/*
Plugin Name: Frames
Description: Pictures cut, turned, marked and written as WebP, as gallery and optimiser plugins do.
License: Apache-2.0
*/
add_action( 'rest_api_init', function () {
	register_rest_route( 'frames/v1', '/make/(?P<id>\d+)', array(
		'methods'             => 'POST',
		'permission_callback' => fn() => current_user_can( 'upload_files' ),
		'callback'            => function ( $request ) {
			$editor = wp_get_image_editor( get_attached_file( $request['id'] ) );
			if ( is_wp_error( $editor ) ) {
				return $editor;
			}
			$editor->crop( 0, 0, 200, 100, 100, 50 );
			$editor->rotate( 90 );
			$editor->set_quality( 70 );
			$place = wp_upload_dir()['path'] . '/framed.webp';
			$saved = $editor->save( $place, 'image/webp' );
			$image = imagecreatefromwebp( $place );
			imagestring( $image, 5, 4, 4, 'mark', imagecolorallocate( $image, 255, 255, 255 ) );
			imagefilter( $image, IMG_FILTER_CONTRAST, -10 );
			imagewebp( $image, $place );
			return array( 'editor' => get_class( $editor ), 'type' => mime_content_type( $place ), 'width' => imagesx( $image ), 'height' => imagesy( $image ), 'named' => $saved['mime-type'], 'url' => wp_upload_dir()['url'] . '/framed.webp' );
		},
	) );
} );

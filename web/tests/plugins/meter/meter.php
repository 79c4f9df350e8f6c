<?php
/*
Plugin Name: Meter
Description: A block that the server draws, with a settings page, as block collections have them.
License: Apache-2.0
*/
add_action( 'init', function () {
	register_block_type( __DIR__, array(
		'render_callback' => function ( $attributes, $content, $block ) {
			$unit = get_option( 'meter_unit', 'words' );
			$text = wp_strip_all_tags( get_post( $block->context['postId'] ?? get_the_ID() )->post_content ?? '' );
			return sprintf( '<p %s>%d %s, goal %d</p>', get_block_wrapper_attributes(), 'words' === $unit ? str_word_count( $text ) : mb_strlen( $text ), esc_html( $unit ), (int) $attributes['goal'] );
		},
	) );
} );
add_action( 'admin_init', function () {
	register_setting( 'meter', 'meter_unit', array( 'type' => 'string', 'sanitize_callback' => fn( $v ) => 'letters' === $v ? 'letters' : 'words', 'show_in_rest' => true ) );
	add_settings_section( 'meter', '', '__return_false', 'meter' );
	add_settings_field( 'meter_unit', 'Unit', fn() => printf( '<input name="meter_unit" id="meter_unit" value="%s">', esc_attr( get_option( 'meter_unit', 'words' ) ) ), 'meter', 'meter' );
} );
add_action( 'admin_menu', function () {
	add_options_page( 'Meter', 'Meter', 'manage_options', 'meter', function () {
		echo '<div class="wrap"><h1>Meter</h1><form action="options.php" method="post">';
		settings_fields( 'meter' );
		do_settings_sections( 'meter' );
		submit_button();
		echo '</form></div>';
	} );
} );

<?php
/*
Plugin Name: Almanac
Description: Events with a place and a day: a post type, a taxonomy and a meta box, as calendars have them.
License: Apache-2.0
*/
add_action( 'init', 'almanac_register' );
function almanac_register() {
	register_post_type( 'event', array(
		'label'        => 'Events',
		'public'       => true,
		'has_archive'  => 'events',
		'rewrite'      => array( 'slug' => 'events' ),
		'show_in_rest' => true,
		'supports'     => array( 'title', 'editor', 'custom-fields' ),
	) );
	register_taxonomy( 'venue', 'event', array( 'label' => 'Venues', 'hierarchical' => true, 'show_in_rest' => true, 'rewrite' => array( 'slug' => 'at' ) ) );
	register_post_meta( 'event', 'day', array( 'type' => 'string', 'single' => true, 'show_in_rest' => true ) );
}
register_activation_hook( __FILE__, function () {
	almanac_register();
	flush_rewrite_rules();
	wp_insert_term( 'Town hall', 'venue' );
} );

// The classic way: a box in the editor, saved with the post under a nonce.
add_action( 'add_meta_boxes_event', function () {
	add_meta_box( 'almanac-day', 'Day', function ( $post ) {
		wp_nonce_field( 'almanac', 'almanac_nonce' );
		printf( '<input type="date" name="almanac_day" value="%s">', esc_attr( get_post_meta( $post->ID, 'day', true ) ) );
	} );
} );
add_action( 'save_post_event', function ( $id ) {
	if ( wp_verify_nonce( $_POST['almanac_nonce'] ?? '', 'almanac' ) && current_user_can( 'edit_post', $id ) ) {
		update_post_meta( $id, 'day', sanitize_text_field( wp_unslash( $_POST['almanac_day'] ) ) );
	}
} );

// The archive is in the order of days, and what is over is not in it.
add_action( 'pre_get_posts', function ( $query ) {
	if ( ! is_admin() && $query->is_main_query() && $query->is_post_type_archive( 'event' ) ) {
		$query->set( 'meta_key', 'day' );
		$query->set( 'orderby', 'meta_value' );
		$query->set( 'order', 'ASC' );
		$query->set( 'meta_query', array( array( 'key' => 'day', 'value' => '2020-01-01', 'compare' => '>=', 'type' => 'DATE' ) ) );
	}
} );
add_filter( 'the_content', function ( $content ) {
	if ( 'event' !== get_post_type() ) {
		return $content;
	}
	$venues = wp_list_pluck( get_the_terms( get_the_ID(), 'venue' ) ?: array(), 'name' );
	return sprintf( '<p class="almanac">%s, %s</p>', esc_html( get_post_meta( get_the_ID(), 'day', true ) ), esc_html( implode( ' and ', $venues ) ) ) . $content;
} );

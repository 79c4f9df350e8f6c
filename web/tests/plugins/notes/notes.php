<?php
/*
Plugin Name: Notes
Description: Notes over REST, for those who may write, as headless front ends and apps use it.
License: Apache-2.0
*/
add_action( 'rest_api_init', function () {
	register_rest_route( 'notes/v1', '/notes', array(
		array(
			'methods'             => 'GET',
			'callback'            => fn() => array_values( get_option( 'notes', array() ) ),
			'permission_callback' => '__return_true',
		),
		array(
			'methods'             => 'POST',
			'callback'            => function ( WP_REST_Request $request ) {
				$notes   = get_option( 'notes', array() );
				$id      = $notes ? max( array_keys( $notes ) ) + 1 : 1;
				$notes[ $id ] = array( 'id' => $id, 'text' => $request['text'], 'stars' => $request['stars'] );
				update_option( 'notes', $notes );
				$response = new WP_REST_Response( $notes[ $id ], 201 );
				$response->header( 'Location', rest_url( "notes/v1/notes/$id" ) );
				return $response;
			},
			'permission_callback' => fn() => current_user_can( 'edit_posts' ),
			'args'                => array(
				'text'  => array( 'type' => 'string', 'required' => true, 'minLength' => 2, 'sanitize_callback' => 'sanitize_text_field' ),
				'stars' => array( 'type' => 'integer', 'minimum' => 1, 'maximum' => 5, 'default' => 3 ),
			),
		),
	) );
	register_rest_route( 'notes/v1', '/notes/(?P<id>\d+)', array(
		'methods'             => 'DELETE',
		'callback'            => function ( $request ) {
			$notes = get_option( 'notes', array() );
			if ( ! isset( $notes[ $request['id'] ] ) ) {
				return new WP_Error( 'no_note', 'There is no such note.', array( 'status' => 404 ) );
			}
			unset( $notes[ $request['id'] ] );
			update_option( 'notes', $notes );
			return array( 'deleted' => true );
		},
		'permission_callback' => fn() => current_user_can( 'edit_posts' ),
	) );
} );

<?php
/*
Plugin Name: Letterbox
Description: A form on a page that asks without leaving it, takes a file and sends a mail, as contact forms do.
License: Apache-2.0
*/
add_shortcode( 'letterbox', function () {
	wp_enqueue_script( 'letterbox', plugins_url( 'letterbox.js', __FILE__ ), array( 'jquery' ), '1', true );
	wp_localize_script( 'letterbox', 'letterbox', array( 'url' => admin_url( 'admin-ajax.php' ), 'nonce' => wp_create_nonce( 'letterbox' ) ) );
	return '<form id="letterbox" enctype="multipart/form-data"><input name="from" type="email"><textarea name="text"></textarea><input name="file" type="file"><button>Send</button><output></output></form>';
} );
function letterbox_take() {
	check_ajax_referer( 'letterbox', 'nonce' );
	$from = sanitize_email( wp_unslash( $_POST['from'] ?? '' ) );
	if ( ! is_email( $from ) ) {
		wp_send_json_error( array( 'text' => 'An address, please.' ), 422 );
	}
	$said = 'no file';
	if ( ! empty( $_FILES['file']['name'] ) ) {
		require_once ABSPATH . 'wp-admin/includes/file.php';
		$file = wp_handle_upload( $_FILES['file'], array( 'test_form' => false, 'mimes' => array( 'txt' => 'text/plain' ) ) );
		$said = $file['error'] ?? filesize( $file['file'] ) . ' bytes of ' . $file['type'];
	}
	$id = wp_insert_post( array( 'post_type' => 'letter', 'post_status' => 'private', 'post_title' => $from, 'post_content' => sanitize_textarea_field( wp_unslash( $_POST['text'] ) ) ) );
	wp_mail( get_option( 'admin_email' ), "Letter $id", wp_unslash( $_POST['text'] ), array( "Reply-To: $from" ) );
	wp_send_json_success( array( 'text' => "Thank you, $from: " . mb_strlen( get_post( $id )->post_content ) . " letters, $said." ) );
}
add_action( 'wp_ajax_letterbox', 'letterbox_take' );
add_action( 'wp_ajax_nopriv_letterbox', 'letterbox_take' );
add_action( 'init', fn() => register_post_type( 'letter', array( 'label' => 'Letters', 'show_ui' => true ) ) );

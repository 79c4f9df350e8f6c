<?php
/*
Plugin Name: Digest
Description: Does something every hour, and once, as backups and newsletters do.
License: Apache-2.0
*/
register_activation_hook( __FILE__, function () {
	if ( ! wp_next_scheduled( 'digest_hourly' ) ) {
		wp_schedule_event( time(), 'hourly', 'digest_hourly' );
	}
	wp_schedule_single_event( time(), 'digest_once', array( 'first' ) );
} );
register_deactivation_hook( __FILE__, fn() => wp_clear_scheduled_hook( 'digest_hourly' ) );
add_action( 'digest_hourly', function () {
	update_option( 'digest_runs', 1 + (int) get_option( 'digest_runs', 0 ) );
	wp_mail( get_option( 'admin_email' ), 'Digest', 'Nothing happened, ' . get_option( 'digest_runs' ) . ' times.' );
} );
add_action( 'digest_once', fn( $word ) => update_option( 'digest_word', $word ) );
add_action( 'admin_menu', function () {
	add_management_page( 'Digest', 'Digest', 'manage_options', 'digest', function () {
		printf( '<div class="wrap"><h1>Digest</h1><p id="digest">%d, %s, %s</p></div>', (int) get_option( 'digest_runs', 0 ), esc_html( get_option( 'digest_word', '' ) ), wp_next_scheduled( 'digest_hourly' ) > time() ? 'again within the hour' : 'due' );
	} );
} );

<?php
/*
Plugin Name: Ticker
Description: Says how far it is while it works, as importers and updaters do.
License: Apache-2.0
*/
if ( ! defined( 'ABSPATH' ) ) {
	// Asked for directly: server-sent events.
	header( 'Content-Type: text/event-stream' );
	header( 'Cache-Control: no-cache' );
	echo "data: begun\n\n";
	flush();
	usleep( 1500000 );
	echo "data: done\n\n";
	exit;
}

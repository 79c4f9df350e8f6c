<?php
// An object cache that WordPress loads in place of its own: the same, and one value more.
require_once ABSPATH . WPINC . '/class-wp-object-cache.php';
require_once ABSPATH . WPINC . '/cache.php';
// It keeps nothing between two requests, so transients stay in the database.
add_action( 'plugins_loaded', fn() => wp_using_ext_object_cache( false ), 0 );
add_action( 'init', fn() => wp_cache_set( 'spoons', 7, 'larder' ) );

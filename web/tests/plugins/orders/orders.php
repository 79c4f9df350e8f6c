<?php
/*
Plugin Name: Orders
Description: Tables of its own, prices in cents and words, a list with a search, as shops have them.
License: Apache-2.0
*/
function orders_tables() {
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	$charset = $wpdb->get_charset_collate();
	dbDelta( "CREATE TABLE {$wpdb->prefix}orders (
  id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  customer varchar(100) NOT NULL DEFAULT '',
  placed datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  state enum('open','paid') NOT NULL DEFAULT 'open',
  PRIMARY KEY  (id),
  KEY customer (customer)
) $charset;" );
	dbDelta( "CREATE TABLE {$wpdb->prefix}order_lines (
  order_id bigint(20) unsigned NOT NULL,
  sku varchar(20) NOT NULL,
  quantity int(11) NOT NULL DEFAULT 1,
  price decimal(10,2) NOT NULL DEFAULT 0.00,
  PRIMARY KEY  (order_id,sku)
) $charset;" );
}
register_activation_hook( __FILE__, function () {
	global $wpdb;
	orders_tables();
	// A column that a later version brings.
	$wpdb->query( "ALTER TABLE {$wpdb->prefix}orders ADD COLUMN note text" );
	foreach ( array( 'Ada O\'Hara' => array( 'type' => '12.50', 'ink' => '0.10' ), 'Bo 50%_off' => array( 'type' => '3.33' ) ) as $customer => $lines ) {
		$wpdb->query( 'START TRANSACTION' );
		$wpdb->insert( "{$wpdb->prefix}orders", array( 'customer' => $customer, 'placed' => current_time( 'mysql' ), 'note' => 'ü' ) );
		$id = $wpdb->insert_id;
		foreach ( $lines as $sku => $price ) {
			$wpdb->insert( "{$wpdb->prefix}order_lines", array( 'order_id' => $id, 'sku' => $sku, 'quantity' => 3, 'price' => $price ), array( '%d', '%s', '%d', '%s' ) );
			$wpdb->query( $wpdb->prepare( "INSERT INTO {$wpdb->prefix}order_lines (order_id, sku, quantity, price) VALUES (%d, %s, 1, %s) ON DUPLICATE KEY UPDATE quantity = quantity + 1", $id, $sku, $price ) );
		}
		$wpdb->query( 'COMMIT' );
	}
	$wpdb->query( 'START TRANSACTION' );
	$wpdb->query( "DELETE FROM {$wpdb->prefix}orders" );
	$wpdb->query( 'ROLLBACK' );
	$wpdb->update( "{$wpdb->prefix}orders", array( 'state' => 'paid' ), array( 'customer' => 'Ada O\'Hara' ) );
} );
add_action( 'admin_menu', function () {
	add_menu_page( 'Orders', 'Orders', 'manage_options', 'orders', 'orders_page', 'dashicons-cart' );
} );
function orders_page() {
	global $wpdb;
	$search = isset( $_GET['s'] ) ? '%' . $wpdb->esc_like( wp_unslash( $_GET['s'] ) ) . '%' : '%';
	$rows   = $wpdb->get_results( $wpdb->prepare(
		"SELECT o.customer, o.state, YEAR(o.placed) AS year, COUNT(l.sku) AS line_count, GROUP_CONCAT(l.sku) AS skus, SUM(l.quantity * l.price) AS total
		FROM {$wpdb->prefix}orders o INNER JOIN {$wpdb->prefix}order_lines l ON l.order_id = o.id
		WHERE o.customer LIKE %s GROUP BY o.id HAVING total > 0 ORDER BY total DESC LIMIT 0, 10",
		$search
	) );
	echo '<div class="wrap"><h1>Orders</h1><table class="widefat" id="orders"><tbody>';
	foreach ( $rows as $row ) {
		$tax = bcmul( (string) $row->total, '0.19', 2 );
		printf( '<tr><td>%s</td><td>%s</td><td>%d</td><td>%s + %s</td><td>%s</td></tr>', esc_html( $row->customer ), esc_html( $row->state ), $row->line_count, number_format_i18n( $row->total, 2 ), $tax, (int) $row->year >= 2026 ? 'dated' : 'no date' );
	}
	echo '</tbody></table></div>';
}

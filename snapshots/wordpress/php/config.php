<?php
/*
 * wp-config.php of a Pressbox snapshot. One snapshot answers under any host
 * name, in a browser tab and on a server, so nothing here may depend on where
 * it runs.
 */

// The site's address is the one it was asked under. A Host header is written
// by the visitor, so only what can be a host is taken.
$pressbox_host = strtolower( $_SERVER['HTTP_HOST'] ?? '' );
if ( ! preg_match( '/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?$/', $pressbox_host ) ) {
	$pressbox_host = 'localhost';
}
$pressbox_scheme = empty( $_SERVER['HTTPS'] ) || 'off' === $_SERVER['HTTPS'] ? 'http' : 'https';
define( 'WP_HOME', $pressbox_scheme . '://' . $pressbox_host );
define( 'WP_SITEURL', WP_HOME );

// wp-content/db.php makes the database an SQLite file. WordPress wants the
// first four all the same.
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', '' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', '' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'DB_DIR', __DIR__ . '/wp-content/database/' );
define( 'DB_FILE', '.ht.sqlite' );
// One PHP at a time writes, so write-ahead logging gains nothing and needs
// shared memory, which WASI has not. A journal on "disk" and not in memory,
// because a script can be stopped in the middle of a write: the next one finds
// the journal and takes the half-done write back.
define( 'SQLITE_JOURNAL_MODE', 'DELETE' );
$table_prefix = 'wp_';

// Keys and salts sign cookies and nonces. Those of a snapshot are public: who
// may open the site may read this file. That is no loss in a tab, where the
// site is the visitor's own. A host that serves one site to several people
// gives each site a secret of its own, and the keys follow from it.
$pressbox_secret = getenv( 'PRESSBOX_SECRET' );
if ( ! is_string( $pressbox_secret ) || strlen( $pressbox_secret ) < 32 ) {
	$pressbox_secret = 'a demo keeps no secrets';
}
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $pressbox_name ) {
	define( $pressbox_name . '_KEY', hash_hmac( 'sha256', $pressbox_name . '_KEY', $pressbox_secret ) );
	define( $pressbox_name . '_SALT', hash_hmac( 'sha256', $pressbox_name . '_SALT', $pressbox_secret ) );
}
unset( $pressbox_host, $pressbox_scheme, $pressbox_secret, $pressbox_name );

// Background tasks would be requests to the site itself: there is no network. The
// plugin of ours runs them (pressbox.php).
define( 'DISABLE_WP_CRON', true );
// Updates come from a network too. A newer WordPress is a newer snapshot.
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_AUTO_UPDATE_CORE', false );
// Files belong to whoever runs the site: no FTP questions.
define( 'FS_METHOD', 'direct' );
// Scripts and styles one by one: they are static files, which never wake PHP,
// while load-scripts.php would have PHP read them all.
define( 'CONCATENATE_SCRIPTS', false );
// The scripts of wp-includes/js/dist are there in their minified form only.
define( 'SCRIPT_DEBUG', false );
// Errors go to PHP's log, which the page shows, and not into a file that only
// grows or into the pages.
define( 'WP_DEBUG', false );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', false );
// "local" allows application passwords without TLS.
define( 'WP_ENVIRONMENT_TYPE', 'local' );

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';

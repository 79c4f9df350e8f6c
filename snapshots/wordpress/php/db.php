<?php
/*
 * WordPress loads this file instead of its MySQL client: the database is an
 * SQLite file, through the SQLite Database Integration plugin. The plugin lies
 * beside the must-use plugins, so that nobody deactivates the database by
 * deactivating a plugin.
 */
define( 'SQLITE_DB_DROPIN_VERSION', 'pressbox' );
define( 'DB_ENGINE', 'sqlite' );
define( 'DATABASE_TYPE', 'sqlite' );
require_once __DIR__ . '/mu-plugins/sqlite-database-integration/wp-includes/sqlite/db.php';

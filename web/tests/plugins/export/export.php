<?php
/*
Plugin Name: Export
Description: Writes files below uploads and hands them out, as backups and feeds do.
License: Apache-2.0
*/
add_action( 'admin_post_export', function () {
	check_admin_referer( 'export' );
	require_once ABSPATH . 'wp-admin/includes/file.php';
	WP_Filesystem();
	global $wp_filesystem;
	$place = wp_upload_dir()['basedir'] . '/export';
	wp_mkdir_p( $place );
	$wp_filesystem->put_contents( "$place/index.html", '' );
	$csv = fopen( "$place/posts.csv", 'w' );
	flock( $csv, LOCK_EX );
	fwrite( $csv, "\xEF\xBB\xBF" );
	fputcsv( $csv, array( 'id', 'title', 'length' ), ',', '"', '' );
	foreach ( get_posts( array( 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC' ) ) as $post ) {
		fputcsv( $csv, array( $post->ID, $post->post_title, strlen( $post->post_content ) ), ',', '"', '' );
	}
	fclose( $csv );
	$zip = new ZipArchive();
	$zip->open( "$place/site.zip", ZipArchive::CREATE | ZipArchive::OVERWRITE );
	$zip->addFile( "$place/posts.csv", 'posts.csv' );
	foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( get_stylesheet_directory(), FilesystemIterator::SKIP_DOTS ) ) as $file ) {
		$zip->addFile( $file->getPathname(), 'theme/' . substr( $file->getPathname(), strlen( get_stylesheet_directory() ) + 1 ) );
	}
	$zip->addFromString( 'database.sqlite', file_get_contents( FQDB ) );
	$zip->close();
	if ( isset( $_GET['download'] ) ) {
		header( 'Content-Type: application/zip' );
		header( 'Content-Disposition: attachment; filename="site.zip"' );
		header( 'Content-Length: ' . filesize( "$place/site.zip" ) );
		readfile( "$place/site.zip" );
		exit;
	}
	wp_safe_redirect( admin_url( 'tools.php?page=export-files&done=' . substr_count( $wp_filesystem->get_contents( "$place/posts.csv" ), "\n" ) ) );
	exit;
} );
add_action( 'admin_menu', function () {
	add_management_page( 'Export files', 'Export files', 'manage_options', 'export-files', function () {
		printf( '<div class="wrap"><h1>Export files</h1><p id="export-done">%d lines</p><a id="export-go" href="%s">Write</a></div>', (int) ( $_GET['done'] ?? 0 ), esc_url( wp_nonce_url( admin_url( 'admin-post.php?action=export' ), 'export' ) ) );
	} );
} );

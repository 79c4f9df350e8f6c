<?php
/*
 * What a fresh demo shows. Links are relative to the root: the same site is
 * opened under many addresses.
 */

/** A paragraph block. */
function pressbox_p( string $html ): string {
	return "<!-- wp:paragraph -->\n<p>" . $html . "</p>\n<!-- /wp:paragraph -->\n\n";
}

/** A heading block. */
function pressbox_h( string $html ): string {
	return "<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">" . $html . "</h2>\n<!-- /wp:heading -->\n\n";
}

/** A list block. */
function pressbox_list( array $items, bool $numbered = false ): string {
	$tag  = $numbered ? 'ol' : 'ul';
	$list = '<!-- wp:list' . ( $numbered ? ' {"ordered":true}' : '' ) . " -->\n<" . $tag . ' class="wp-block-list">';
	foreach ( $items as $item ) {
		$list .= "<!-- wp:list-item -->\n<li>" . $item . "</li>\n<!-- /wp:list-item -->\n\n";
	}
	return rtrim( $list ) . '</' . $tag . ">\n<!-- /wp:list -->\n\n";
}

/** A quote block. */
function pressbox_quote( string $html ): string {
	return "<!-- wp:quote -->\n<blockquote class=\"wp-block-quote\">" . rtrim( pressbox_p( $html ) ) . "</blockquote>\n<!-- /wp:quote -->\n\n";
}

/** A code block. */
function pressbox_code( string $text ): string {
	return "<!-- wp:code -->\n<pre class=\"wp-block-code\"><code>" . htmlspecialchars( $text, ENT_NOQUOTES ) . "</code></pre>\n<!-- /wp:code -->\n\n";
}

/** An image block of one of our pictures. */
function pressbox_picture( string $name, string $alt, string $caption ): string {
	return '<!-- wp:image {"id":{picture:' . $name . "},\"sizeSlug\":\"large\",\"linkDestination\":\"none\"} -->\n" .
		'<figure class="wp-block-image size-large"><img src="/wp-content/uploads/demo/' . $name . '-1024x576.png" alt="' . $alt . '" class="wp-image-{picture:' . $name . '}"/>' .
		'<figcaption class="wp-element-caption">' . $caption . "</figcaption></figure>\n<!-- /wp:image -->\n\n";
}

$pictures = json_decode( file_get_contents( __DIR__ . '/pictures.json' ), true );

return array(
	'admin'      => 'admin',
	'author'     => 'Ada',
	'tagline'    => 'A WordPress that lives in a sandbox',
	'categories' => array(
		'sandbox' => array( 'name' => 'Sandbox', 'description' => 'How this site runs, and what it cannot reach.' ),
		'try-it'  => array( 'name' => 'Try it', 'description' => 'Things to do here that you would not dare elsewhere.' ),
	),
	'pictures'   => $pictures,
	'posts'      => array(
		'welcome-to-your-own-wordpress' => array(
			'title'      => 'Welcome to your own WordPress',
			'excerpt'    => 'A whole WordPress, with its database, for you alone. Look around, change anything, throw it away.',
			'categories' => array( 'try-it' ),
			'tags'       => array( 'start' ),
			'hours_ago'  => 3,
			'picture'    => 'hills',
			'content'    => pressbox_p( 'This is a complete WordPress: the pages you read, the dashboard behind them, the editor, the themes and a database. PHP runs it as it would on any server. The difference is where: PHP was compiled to WebAssembly and runs in a sandbox, and this site is yours alone.' )
				. pressbox_p( '<a href="/wp-admin/">Open the dashboard</a> and log in as <strong>admin</strong> with the password <strong>password</strong>. That is no secret worth keeping: nobody else can see what you do here.' )
				. pressbox_h( 'Where to begin' )
				. pressbox_list(
					array(
						'Write something: <a href="/wp-admin/post-new.php">a new post</a> is on the front page as soon as you publish it.',
						'Leave a comment under this post. It appears at once.',
						'Change the look of everything in the <a href="/wp-admin/site-editor.php">site editor</a>.',
						'Read <a href="/what-a-sandbox-is/">what a sandbox is</a>, and <a href="/where-your-changes-go/">where your changes go</a>.',
					)
				)
				. pressbox_p( 'If something breaks, so much the better: go back to the start, and it is as new.' ),
		),
		'what-a-sandbox-is'             => array(
			'title'      => 'What a sandbox is',
			'excerpt'    => 'A program that can touch nothing but what it was handed is easy to trust.',
			'categories' => array( 'sandbox' ),
			'tags'       => array( 'webassembly', 'security' ),
			'hours_ago'  => 27,
			'content'    => pressbox_p( 'A program on your computer can usually do whatever you can do: read your letters, ask the network, delete a picture. We trust it not to. A program compiled to WebAssembly begins with nothing. It has a block of memory and can calculate. Everything else, it must be given.' )
				. pressbox_quote( 'It cannot open a file, because it has never heard of files, until somebody hands it one.' )
				. pressbox_p( 'PHP here was given five things:' )
				. pressbox_list(
					array(
						'a directory tree that exists only in memory, with WordPress in it;',
						'a clock;',
						'a source of random numbers;',
						'the request you just made, as text;',
						'a place to write its answer.',
					),
					true
				)
				. pressbox_p( 'It was given no network. Ask it for the weather and it cannot even form the question. That is why plugins cannot be fetched from the directory here, although a plugin that you upload as a zip works as it should.' )
				. pressbox_h( 'See for yourself' )
				. pressbox_p( 'A plugin with these lines would list all of the world that PHP knows:' )
				. pressbox_code( "<?php\n/* Plugin Name: Look around */\nadd_action( 'admin_notices', function () {\n\techo '<div class=\"notice\"><p>' . esc_html( implode( ', ', scandir( '/' ) ) ) . '</p></div>';\n} );" ),
		),
		'where-your-changes-go'         => array(
			'title'      => 'Where your changes go',
			'excerpt'    => 'Below, a snapshot that never changes. Above it, a thin layer that is only yours.',
			'categories' => array( 'sandbox' ),
			'tags'       => array( 'snapshot', 'files' ),
			'hours_ago'  => 52,
			'content'    => pressbox_p( 'The site you opened began as a snapshot: some thousands of files, the database among them, each known by its digest. The snapshot is the same for everybody and is never written to.' )
				. pressbox_picture( 'harbour', $pictures['harbour']['alt'], 'Below the water, the snapshot. What moves is on the surface.' )
				. pressbox_p( 'When you publish a post or upload a picture, the files that change are copied first, and the copies are yours. WordPress reads yours where there is one and the snapshot’s where there is none. So three things are always easy:' )
				. pressbox_list(
					array(
						'to <strong>know</strong> what you changed, because it is exactly that layer;',
						'to <strong>undo</strong> everything, by throwing the layer away;',
						'to <strong>keep</strong> it, because it is small.',
					)
				),
		),
		'seven-things-to-break'         => array(
			'title'      => 'Seven things to break',
			'excerpt'    => 'Every one of these would spoil somebody’s day on a real site.',
			'categories' => array( 'try-it' ),
			'tags'       => array( 'start', 'themes' ),
			'hours_ago'  => 76,
			'content'    => pressbox_p( 'People learn what holds by pulling at it. Here are some loose ends.' )
				. pressbox_list(
					array(
						'Give the site a title of two hundred letters.',
						'Delete every post, this one last.',
						'Turn all the colours of the theme around in the site editor.',
						'Upload a photo much too large for a web page.',
						'Set the address of posts to something with the day in it, and see which links still work.',
						'Write a plugin that calls a function that does not exist, activate it, and read the log.',
						'Make a second user, an author, and find out what an author may not do.',
					),
					true
				)
				. pressbox_p( 'Then start again. It takes a second.' ),
		),
		'a-short-trip'                  => array(
			'title'      => 'A short trip of a long request',
			'excerpt'    => 'What happens between your click and this page, in the order in which it happens.',
			'categories' => array( 'sandbox' ),
			'tags'       => array( 'webassembly', 'http' ),
			'hours_ago'  => 101,
			'picture'    => 'meadow',
			'content'    => pressbox_p( 'You clicked on a link. The browser made a request of it, as it does for every link. But before it could leave, something took it.' )
				. pressbox_p( 'The request became a handful of texts: a method, an address, some headers. PHP found them where it finds them on every server, in its environment, and ran <code>index.php</code>. WordPress read about five hundred files and asked the database some twenty questions. Then it wrote this page to its output, and stopped.' )
				. pressbox_p( 'The address bar above tells you how long that took, and whether it was your browser that did the work or a server. Both use the very same program, byte for byte. Try both.' ),
		),
	),
	'pages'      => array(
		'about' => array(
			'title'     => 'About this demo',
			'hours_ago' => 120,
			'content'   => pressbox_p( 'This site is a demo of <strong>Pressbox</strong>: WordPress in a browser tab. Its PHP is a WebAssembly module that knows nothing but the WASI interface, its files are in memory, and its database is an SQLite file among them.' )
				. pressbox_h( 'What works' )
				. pressbox_p( 'Everything that WordPress does by itself: writing, the block editor, the site editor, media, comments, users, search, feeds, the REST interface, plugins and themes that you upload.' )
				. pressbox_h( 'What cannot work' )
				. pressbox_p( 'Everything that needs the network from inside PHP: the plugin and theme directories, updates, embeds of other sites. Mail is not sent either; it is shown in the log.' ),
		),
	),
	'navigation' => '<!-- wp:home-link {"label":"Home"} /-->' . "\n\n"
		. '<!-- wp:navigation-link {"label":"Sandbox","url":"/category/sandbox/","kind":"custom"} /-->' . "\n\n"
		. '<!-- wp:navigation-link {"label":"Try it","url":"/category/try-it/","kind":"custom"} /-->' . "\n\n"
		. '<!-- wp:navigation-link {"label":"About","url":"/about/","kind":"custom"} /-->' . "\n",
	'comments'   => array(
		array(
			'post'      => 'welcome-to-your-own-wordpress',
			'author'    => 'Grace',
			'email'     => 'grace@example.org',
			'content'   => "I deleted everything twice and nobody was angry.\n\nThe second time was on purpose.",
			'hours_ago' => 2,
		),
		array(
			'post'      => 'what-a-sandbox-is',
			'author'    => 'Konrad',
			'email'     => 'konrad@example.org',
			'content'   => 'So it is a guest in a house with one room, and we bring the furniture.',
			'hours_ago' => 20,
		),
	),
);

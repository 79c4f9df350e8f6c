// What a site's origin shows when no page runs the site.

/** errorPage answers a request that nobody can: a document with what to do for
 * a navigation, a line of text for everything else. */
export function errorPage(navigation: boolean, page: string, host: string): Response {
  const site = host.split(".")[0] ?? "";
  if (!navigation) {
    return new Response(`No open Pressbox page runs ${site}. Open ${page}/?site=${site} and try again.\n`, {
      status: 503,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
  const pressbox = escapeHtml(`${page}/?site=${encodeURIComponent(site)}`);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pressbox is not open</title>
<style>
:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f6f4ee, #17191b); color: light-dark(#1f2322, #e9e6df); font: 1rem/1.6 ui-sans-serif, system-ui, sans-serif }
main { max-width: 34rem; padding: 2rem }
h1 { font: 600 1.7rem/1.2 ui-serif, Georgia, serif; margin: 0 0 .6em }
a { color: light-dark(#0d655a, #62cdb8) }
</style>
</head>
<body><main>
<h1>This site is not running</h1>
<p>“${escapeHtml(site)}” lives in a Pressbox page, and none is open that runs it. Nothing is lost: the site is kept in this browser.</p>
<p><a href="${pressbox}" target="_top">Open it in Pressbox</a>, leave that tab open, then <a href="">load this address again</a>.</p>
</main></body>
</html>
`;
  return new Response(html, {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "origin-agent-cluster": "?1" },
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

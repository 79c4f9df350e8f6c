// Where a site lives. The page's host is pressbox.localhost:8080, say; a site
// is a name in front of it, and "-server" behind the name is the same site in
// the server lane. Browsers resolve every name under .localhost by themselves.

/** bridgePath is the document on a site's origin that stands between the page
 * and the site's service worker. */
export const bridgePath = "/-pressbox/bridge";

/** ownPrefix starts the paths on a site's origin that are not the site's. */
export const ownPrefix = "/-pressbox/";

/** siteFrameName is the name of the frame in index.html that shows the site. */
export const siteFrameName = "pressbox-site";

/** siteNameRule says what validSiteName accepts. */
export const siteNameRule =
  "A name has 1 to 32 small letters (a–z), digits or hyphens. It starts and ends with a letter or a digit, and “-server” at the end is taken.";

/** validSiteName reports whether a site may have that name. */
export function validSiteName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name) && !name.endsWith("-server");
}

/** siteOrigin is the origin of a site in the browser lane, seen from the page. */
export function siteOrigin(page: { protocol: string; host: string }, site: string): string {
  return `${page.protocol}//${site}.${page.host}`;
}

/** serverSiteOrigin is the origin of a site in the server lane. */
export function serverSiteOrigin(page: { protocol: string; host: string }, site: string): string {
  return `${page.protocol}//${site}-server.${page.host}`;
}

/** pageOrigin is the origin of the page, seen from one of its sites: the parent
 * of the site's host. "null" stands for a host that has no parent: no message
 * comes from there and none goes there. */
export function pageOrigin(site: { protocol: string; host: string }): string {
  const dot = site.host.indexOf(".");
  return dot < 0 ? "null" : `${site.protocol}//${site.host.slice(dot + 1)}`;
}

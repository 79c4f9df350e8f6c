// The page's own address says what it shows: /?site=NAME&lane=LANE&path=/...

import type { LaneName } from "./lane.ts";

/** Place is what the page shows. */
export interface Place {
  readonly site: string;
  readonly lane: LaneName;
  readonly path: string;
}

/** usualSite is shown when the address names none. */
export const usualSite = "demo";

/** placeFrom reads the query of the page's address. The name of the site is
 * as it stands there: whoever uses it checks it first. */
export function placeFrom(search: string): Place {
  const query = new URLSearchParams(search);
  const path = query.get("path") ?? "/";
  return {
    site: query.get("site") ?? usualSite,
    lane: query.get("lane") === "server" ? "server" : "browser",
    // "//host/" would be an address elsewhere.
    path: path.startsWith("/") && !path.startsWith("//") && !path.startsWith("/\\") ? path : "/",
  };
}

/** placeUrl writes the page's address, with no more in it than is needed. */
export function placeUrl(place: Place): string {
  const query = [`site=${encodeURIComponent(place.site)}`];
  if (place.lane !== "browser") query.push(`lane=${place.lane}`);
  if (place.path !== "/") {
    // The path stays readable: of its characters only these would be misread.
    query.push(`path=${place.path.replace(/[%&#+\s"<>]/g, encodeURIComponent)}`);
  }
  return `/?${query.join("&")}`;
}

// The addresses people type and the page's own address, as pure functions.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pathFrom } from "../address.ts";
import { pageOrigin, serverSiteOrigin, siteOrigin, validSiteName } from "../origins.ts";
import { placeFrom, placeUrl } from "../place.ts";

const origin = "http://demo.pressbox.localhost:8080";

test("a typed address is a path of the site, or nothing", () => {
  const cases: readonly (readonly [typed: string, want: string | undefined])[] = [
    ["/", "/"],
    ["", "/"],
    ["wp-admin/", "/wp-admin/"],
    [" /wp-admin/ ", "/wp-admin/"],
    ["?s=ink", "/?s=ink"],
    ["/a b?c=ä#d", "/a%20b?c=%C3%A4#d"],
    [`${origin}/x/?y=1`, "/x/?y=1"],
    ["http://elsewhere.example/", undefined],
    ["//elsewhere.example/", undefined],
    ["javascript:alert(1)", undefined],
    ["http://", undefined],
    ["/../../etc", "/etc"],
  ];
  for (const [typed, want] of cases) assert.equal(pathFrom(typed, origin), want, typed);
});

test("the page's address names site, lane and path, and survives the round trip", () => {
  for (const path of ["/", "/a/?b=c&d=%20#e", "/?s=%2B+%26", '/"quoted"<&>/']) {
    for (const lane of ["browser", "server"] as const) {
      const url = placeUrl({ site: "demo", lane, path });
      assert.deepEqual(placeFrom(new URL(url, "http://pressbox.localhost").search), { site: "demo", lane, path }, url);
    }
  }
  assert.equal(placeUrl({ site: "demo", lane: "browser", path: "/" }), "/?site=demo");
});

test("a page's address cannot lead out of the site", () => {
  for (const path of ["//elsewhere.example/", "/\\elsewhere.example/", "https://elsewhere.example/", "x"]) {
    assert.equal(placeFrom(`?path=${encodeURIComponent(path)}`).path, "/", path);
  }
  assert.deepEqual(placeFrom(""), { site: "demo", lane: "browser", path: "/" });
});

test("site names are one label of a host name", () => {
  for (const name of ["a", "demo", "my-site-2", "0", "a".repeat(32)]) assert.equal(validSiteName(name), true, name);
  for (const name of ["", "-a", "a-", "A", "a.b", "a b", "ä", "a".repeat(33), "demo-server", "../x"]) {
    assert.equal(validSiteName(name), false, name);
  }
});

test("a site and its page find each other's origins", () => {
  const page = { protocol: "http:", host: "pressbox.localhost:8080" };
  assert.equal(siteOrigin(page, "demo"), origin);
  assert.equal(serverSiteOrigin(page, "demo"), "http://demo-server.pressbox.localhost:8080");
  assert.equal(pageOrigin({ protocol: "http:", host: "demo.pressbox.localhost:8080" }), "http://pressbox.localhost:8080");
  assert.equal(pageOrigin({ protocol: "http:", host: "localhost" }), "null");
});

// What a service worker sends to the site's worker, and what it makes of the
// answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { WireResponse } from "../../wasmjs/worker/protocol.ts";
import { frameTag, insertFrameTag } from "../inject.ts";
import { decodeFromFrame } from "../messages.ts";
import { acceptLanguage, fromWire, toWire, type BrowserRequest } from "../wire.ts";

const visitor = { userAgent: "Browser/1", languages: ["de-CH", "de", "en"], origin: "http://demo.pressbox.localhost" };
const place = { framed: false, page: "http://pressbox.localhost" };

function request(parts: Partial<BrowserRequest>): BrowserRequest {
  return { method: "GET", url: "http://demo.pressbox.localhost/a?b=c", headers: [], mode: "navigate", referrer: "", ...parts };
}

function response(parts: Partial<WireResponse>): WireResponse {
  return { status: 200, header: [], body: null, kind: "php", ms: 1, memory: 0, ...parts };
}

function bytes(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).slice().buffer;
}

test("headers that browsers hide are put back", () => {
  const wire = toWire(request({ referrer: "http://demo.pressbox.localhost/from?x#y" }), visitor, "", null);
  assert.equal(wire.url, "/a?b=c");
  assert.deepEqual(Object.fromEntries(wire.header), {
    "user-agent": "Browser/1",
    "accept-language": "de-CH,de;q=0.9,en;q=0.8",
    referer: "http://demo.pressbox.localhost/from?x",
  });
});

test("a header that comes twice becomes one line", () => {
  const parts = fromWire(response({ header: [["X-A", "1"], ["Link", "<a>"], ["x-a", "2"]] }), "GET", { framed: false, page: "http://pressbox.localhost" });
  assert.deepEqual(parts.header, [["x-a", "1, 2"], ["link", "<a>"]]);
});

test("headers that are there are kept", () => {
  const wire = toWire(request({ headers: [["User-Agent", "Own/2"], ["Accept-Language", "fr"]] }), visitor, "", null);
  assert.deepEqual(Object.fromEntries(wire.header), { "user-agent": "Own/2", "accept-language": "fr" });
});

test("another site's referrer is its origin only", () => {
  const wire = toWire(request({ referrer: "http://pressbox.localhost/?site=demo" }), visitor, "", null);
  assert.equal(Object.fromEntries(wire.header)["referer"], "http://pressbox.localhost/");
});

test("what changes something says from where it comes", () => {
  const origin = (parts: Partial<BrowserRequest>): string | undefined =>
    Object.fromEntries(toWire(request({ method: "POST", ...parts }), visitor, "", null).header)["origin"];
  assert.equal(origin({ mode: "cors" }), visitor.origin);
  assert.equal(origin({ referrer: `${visitor.origin}/form` }), visitor.origin);
  assert.equal(origin({ referrer: "http://elsewhere.example/form" }), "http://elsewhere.example");
  assert.equal(origin({}), "null");
  assert.equal(origin({ method: "GET" }), undefined);
  assert.equal(origin({ method: "HEAD" }), undefined);
});

test("the cookies of the site's scripts go along, an empty body does not", () => {
  const wire = toWire(request({}), visitor, "a=b; c=d", new ArrayBuffer(0));
  assert.equal(Object.fromEntries(wire.header)["cookie"], "a=b; c=d");
  assert.equal(wire.body, null);
});

test("languages fall in weight and never below 0.2", () => {
  assert.equal(acceptLanguage(["en"]), "en");
  assert.match(acceptLanguage("a b c d e f g h i j k".split(" ")), /i;q=0\.2$/);
});

test("the page may frame what frames only itself", () => {
  const parts = fromWire(
    response({
      header: [
        ["X-Frame-Options", "SAMEORIGIN"],
        ["Content-Security-Policy", "frame-ancestors 'self'; img-src *"],
        ["Content-Length", "7"],
        ["Set-Cookie", "a=b"],
        ["Link", "<x>"],
      ],
    }),
    "GET",
    place,
  );
  assert.deepEqual(parts.header, [
    // Two policies, both of which hold.
    ["content-security-policy", "img-src *, frame-ancestors 'self' http://pressbox.localhost"],
    ["link", "<x>"],
  ]);
});

test("HEAD, 204 and 304 have no body, and no status is out of range", () => {
  const body = bytes("x");
  assert.equal(fromWire(response({ body }), "HEAD", place).body, null);
  assert.equal(fromWire(response({ status: 204, body }), "GET", place).body, null);
  assert.equal(fromWire(response({ status: 304, body }), "GET", place).body, null);
  assert.equal(fromWire(response({ status: 0, body }), "GET", place).status, 502);
});

test("only HTML documents in frames get the frame's script", () => {
  const html = response({ header: [["Content-Type", "text/html; charset=UTF-8"]], body: bytes("<head></head>") });
  const text = (parts: { body: Uint8Array | null }): string => new TextDecoder().decode(parts.body ?? new Uint8Array());
  assert.equal(text(fromWire(html, "GET", { ...place, framed: true })), `<head>${frameTag}</head>`);
  assert.equal(text(fromWire(html, "GET", place)), "<head></head>");
  const plain = response({ header: [["content-type", "text/plain"]], body: bytes("<head></head>") });
  assert.equal(text(fromWire(plain, "GET", { ...place, framed: true })), "<head></head>");
});

test("the frame's script comes as early as it may", () => {
  const cases: readonly (readonly [before: string, after: string])[] = [
    ["<!doctype html><html><head><title>", `<!doctype html><html><head>${frameTag}<title>`],
    ['<HTML lang="de"><HEAD data-x="1">x', `<HTML lang="de"><HEAD data-x="1">${frameTag}x`],
    ["<html><body><header>", `<html>${frameTag}<body><header>`],
    ["<!DOCTYPE html>\n<p>", `<!DOCTYPE html>${frameTag}\n<p>`],
    ["plain", `${frameTag}plain`],
    ["", frameTag],
  ];
  for (const [before, after] of cases) {
    assert.equal(new TextDecoder().decode(insertFrameTag(new TextEncoder().encode(before))), after);
  }
});

test("a site's word about its place is checked", () => {
  const good = { type: "location", path: "/a", title: "A", canGoBack: true, canGoForward: "yes" };
  assert.deepEqual(decodeFromFrame(good), { type: "location", path: "/a", title: "A", canGoBack: true, canGoForward: false });
  for (const bad of [null, "location", {}, { ...good, path: "a" }, { ...good, path: 1 }, { ...good, title: {} }, { ...good, path: `/${"x".repeat(9000)}` }]) {
    assert.equal(decodeFromFrame(bad), undefined);
  }
});

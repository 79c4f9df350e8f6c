import assert from "node:assert/strict";
import { test } from "node:test";
import { Jar, maxCookies, mergeCookies, parseSetCookie, type Target, targetOf } from "../cookies.ts";

const now = Date.UTC(2026, 10, 22);
const site: Target = { host: "demo.pressbox.localhost", path: "/wp-login.php", secure: false };

function at(path: string, more: Partial<Target> = {}): Target {
  return { ...site, path, ...more };
}

test("a target is a host without port and a path without query", () => {
  assert.deepEqual(targetOf(new URL("http://Demo.pressbox.localhost:8080"), "/a?b=/c"), {
    host: "demo.pressbox.localhost", path: "/a", secure: false,
  });
});

test("what is set is sent", () => {
  const cases: { name: string; set: string[]; from?: Target; to: Target; later?: number; want: string }[] = [
    { name: "plain", set: ["a=1"], to: at("/"), want: "a=1" },
    { name: "two, in the order they came", set: ["b=2", "a=1"], to: at("/"), want: "b=2; a=1" },
    { name: "a new value", set: ["a=1", "b=2", "a=3"], to: at("/"), want: "a=3; b=2" },
    { name: "a value with = and quotes", set: ['a="x=y"'], to: at("/"), want: 'a="x=y"' },
    { name: "an empty value", set: ["a="], to: at("/"), want: "a=" },
    { name: "no =", set: ["a"], to: at("/"), want: "" },
    { name: "no name", set: ["=1"], to: at("/"), want: "" },
    { name: "a control character", set: ["a=1\r\nb: c"], to: at("/"), want: "" },
    { name: "path", set: ["a=1; Path=/wp-admin"], to: at("/wp-admin/x"), want: "a=1" },
    { name: "path itself", set: ["a=1; Path=/wp-admin"], to: at("/wp-admin"), want: "a=1" },
    { name: "another path", set: ["a=1; Path=/wp-admin"], to: at("/wp-adminx"), want: "" },
    { name: "path with a slash", set: ["a=1; path=/x/"], to: at("/x/y"), want: "a=1" },
    { name: "default path", set: ["a=1"], from: at("/x/y"), to: at("/z"), want: "" },
    { name: "default path, inside", set: ["a=1"], from: at("/x/y"), to: at("/x/z"), want: "a=1" },
    { name: "longer path first", set: ["a=1; path=/", "b=2; path=/x"], to: at("/x/y"), want: "b=2; a=1" },
    { name: "same name, two paths", set: ["a=1; path=/", "a=2; path=/x"], to: at("/x"), want: "a=2; a=1" },
    { name: "session cookies last", set: ["a=1"], to: at("/"), later: 1e12, want: "a=1" },
    { name: "max-age", set: ["a=1; Max-Age=10"], to: at("/"), later: 9_999, want: "a=1" },
    { name: "max-age over", set: ["a=1; Max-Age=10"], to: at("/"), later: 10_000, want: "" },
    { name: "max-age 0 deletes", set: ["a=1", "a=; Max-Age=0"], to: at("/"), want: "" },
    { name: "negative max-age deletes", set: ["a=1", "a=; Max-Age=-1"], to: at("/"), want: "" },
    {
      name: "expires", set: ["a=1; expires=Mon, 23 Nov 2026 00:00:00 GMT"], to: at("/"), later: 3600e3, want: "a=1",
    },
    { name: "expires over", set: ["a=1; expires=Mon, 23-Nov-2026 00:00:00 GMT"], to: at("/"), later: 86400e3, want: "" },
    { name: "expires in the past deletes", set: ["a=1", "a=x; expires=Thu, 01 Jan 1970 00:00:00 GMT"], to: at("/"), want: "" },
    { name: "max-age wins over expires", set: ["a=1; max-age=9; expires=Thu, 01 Jan 1970 00:00:00 GMT"], to: at("/"), want: "a=1" },
    { name: "a deletion of another path", set: ["a=1; path=/x", "a=; path=/; max-age=0"], to: at("/x"), want: "a=1" },
    { name: "host-only", set: ["a=1"], to: at("/", { host: "x.demo.pressbox.localhost" }), want: "" },
    { name: "domain", set: ["a=1; Domain=pressbox.localhost"], to: at("/", { host: "x.pressbox.localhost" }), want: "a=1" },
    { name: "domain with a dot", set: ["a=1; Domain=.demo.pressbox.localhost"], to: at("/"), want: "a=1" },
    { name: "a foreign domain", set: ["a=1; Domain=example.org"], to: at("/"), want: "" },
    { name: "half a name", set: ["a=1; Domain=localhost"], to: at("/", { host: "notlocalhost" }), want: "" },
    { name: "nothing is above an address", set: ["a=1; Domain=0.0.1"], from: at("/", { host: "127.0.0.1" }), to: at("/", { host: "127.0.0.1" }), want: "" },
    { name: "secure needs https", set: ["a=1; Secure"], to: at("/"), want: "" },
    { name: "secure", set: ["a=1; Secure"], from: at("/", { secure: true }), to: at("/", { secure: true }), want: "a=1" },
    { name: "secure is not sent over http", set: ["a=1; Secure"], from: at("/", { secure: true }), to: at("/"), want: "" },
    { name: "httponly is sent", set: ["a=1; HttpOnly; SameSite=Lax"], to: at("/"), want: "a=1" },
  ];
  for (const { name, set, from, to, later, want } of cases) {
    const jar = new Jar();
    set.forEach((field, i) => jar.take(field, from ?? site, now + i / 1000));
    assert.equal(jar.header(to, now + (later ?? 1)), want, name);
  }
});

test("attributes are read whatever their case", () => {
  const cookie = parseSetCookie("a=b; PATH=/x; HTTPONLY; MAX-AGE=5", site, now);
  assert.deepEqual(cookie, {
    name: "a", value: "b", domain: site.host, hostOnly: true, path: "/x", expires: now + 5000,
    secure: false, httpOnly: true, created: now,
  });
});

test("a jar that is full forgets the oldest", () => {
  const jar = new Jar();
  for (let i = 0; i <= maxCookies; i++) jar.take(`c${i}=1; path=/`, site, now + i);
  assert.equal(jar.size, maxCookies);
  const sent = jar.header(site, now + 1000);
  assert.ok(!sent.startsWith("c0=") && sent.startsWith("c1="));
});

test("a jar comes back from its list, without what is misshapen", () => {
  const jar = new Jar();
  jar.take("a=1; path=/", site, now);
  const list: unknown[] = JSON.parse(JSON.stringify(jar.cookies()));
  const again = new Jar();
  again.restore([...list, null, 7, { name: "b" }]);
  assert.equal(again.header(site, now), "a=1");
  again.restore("nonsense");
  assert.equal(again.size, 0);
});

test("the version changes with the cookies and not otherwise", () => {
  const jar = new Jar();
  jar.take("a=1", site, now);
  const { version } = jar;
  jar.header(site, now);
  jar.take("b=; max-age=0", site, now);
  assert.equal(jar.version, version);
  jar.take("a=; max-age=0", site, now);
  assert.notEqual(jar.version, version);
});

test("scripts' cookies are added, and the jar's win", () => {
  assert.equal(mergeCookies("", ""), "");
  assert.equal(mergeCookies("a=1", ""), "a=1");
  assert.equal(mergeCookies("", "b=2"), "b=2");
  assert.equal(mergeCookies("a=1; c=3", "b=2; a=9"), "a=1; c=3; b=2");
});

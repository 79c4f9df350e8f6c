// A jar of cookies for one site: the part of RFC 6265 that a site at its own
// host needs. Browsers keep no cookie that a service worker's answer sets, so
// the worker does, and the site's scripts never see it.
//
// Left out on purpose: the public suffix list (a jar has one host) and
// SameSite (every request in here comes from the site itself).

/** Cookie is one cookie of the jar. Times are milliseconds since 1970. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** domain is a host; hostOnly says that hosts below it don't get the cookie. */
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  /** expires is null for a cookie that lives as long as the session. */
  readonly expires: number | null;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly created: number;
}

/** The limits of a jar: what is oldest goes first. */
export const maxCookies = 300;
const maxCookieLen = 4096;

/** Target is what of a request decides about its cookies. */
export interface Target {
  /** host has no port. */
  readonly host: string;
  /** path has no query. */
  readonly path: string;
  readonly secure: boolean;
}

/** targetOf reads a URL: a site's origin and an origin form. */
export function targetOf(origin: URL, url: string): Target {
  const query = url.indexOf("?");
  return {
    host: origin.hostname.toLowerCase(),
    path: query < 0 ? url : url.slice(0, query),
    secure: origin.protocol === "https:",
  };
}

/** Jar keeps cookies by name, domain and path. */
export class Jar {
  #cookies: Map<string, Cookie> = new Map();
  #version = 0;

  /** version changes whenever the cookies do. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#cookies.size;
  }

  /** take reads one Set-Cookie field of an answer to a target. */
  take(field: string, target: Target, now: number): void {
    const cookie = parseSetCookie(field, target, now);
    if (cookie === null) return;
    const key = keyOf(cookie);
    const old = this.#cookies.get(key);
    if (cookie.expires !== null && cookie.expires <= now) {
      if (this.#cookies.delete(key)) this.#version++;
      return;
    }
    // A changed cookie keeps its age, which decides the order it is sent in.
    this.#cookies.set(key, old === undefined ? cookie : { ...cookie, created: old.created });
    this.#version++;
    if (this.#cookies.size > maxCookies) this.#evict(now);
  }

  #evict(now: number): void {
    this.#expire(now);
    while (this.#cookies.size > maxCookies) {
      let oldest: Cookie | null = null;
      for (const cookie of this.#cookies.values()) {
        if (oldest === null || cookie.created < oldest.created) oldest = cookie;
      }
      if (oldest !== null) this.#cookies.delete(keyOf(oldest));
    }
  }

  #expire(now: number): void {
    for (const [key, { expires }] of this.#cookies) {
      if (expires === null || expires > now) continue;
      this.#cookies.delete(key);
      this.#version++;
    }
  }

  /** header is the Cookie field of a request, empty if there is nothing to send. */
  header(target: Target, now: number): string {
    this.#expire(now);
    const matching = [...this.#cookies.values()].filter(
      (cookie) =>
        (cookie.hostOnly ? cookie.domain === target.host : domainMatches(target.host, cookie.domain)) &&
        pathMatches(target.path, cookie.path) &&
        (!cookie.secure || target.secure),
    );
    // Longer paths first, older ones first among those of one length.
    matching.sort((a, b) => b.path.length - a.path.length || a.created - b.created);
    return matching.map(({ name, value }) => (name === "" ? value : `${name}=${value}`)).join("; ");
  }

  /** cookies lists what a journal must remember. */
  cookies(): Cookie[] {
    return [...this.#cookies.values()];
  }

  /** restore takes back what cookies gave; anything misshapen is left out. */
  restore(list: unknown): void {
    this.#cookies.clear();
    if (!Array.isArray(list)) return;
    for (const cookie of list.slice(0, maxCookies)) {
      if (isCookie(cookie)) this.#cookies.set(keyOf(cookie), cookie);
    }
  }

  clear(): void {
    this.#cookies.clear();
    this.#version++;
  }
}

function keyOf({ name, domain, path }: Cookie): string {
  return `${name}\n${domain}\n${path}`;
}

function isCookie(value: unknown): value is Cookie {
  if (typeof value !== "object" || value === null) return false;
  const cookie = value as Partial<Record<keyof Cookie, unknown>>;
  return (
    typeof cookie.name === "string" && typeof cookie.value === "string" && typeof cookie.domain === "string" &&
    typeof cookie.path === "string" && typeof cookie.hostOnly === "boolean" && typeof cookie.secure === "boolean" &&
    typeof cookie.httpOnly === "boolean" && typeof cookie.created === "number" &&
    (cookie.expires === null || typeof cookie.expires === "number")
  );
}

/** parseSetCookie reads a field; null for one that must be ignored. */
export function parseSetCookie(field: string, target: Target, now: number): Cookie | null {
  // Control characters would let a value become another header.
  if (field.length > maxCookieLen || /[\0-\x08\x0a-\x1f\x7f]/.test(field)) return null;
  const [pair = "", ...attributes] = field.split(";");
  const equals = pair.indexOf("=");
  if (equals < 0) return null;
  const name = pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if (name === "") return null;

  let expires: number | null = null;
  let maxAge: number | null = null;
  let domain = "";
  let path = "";
  let secure = false;
  let httpOnly = false;
  for (const attribute of attributes) {
    const at = attribute.indexOf("=");
    const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
    const text = at < 0 ? "" : attribute.slice(at + 1).trim();
    switch (key) {
      case "expires": {
        const time = Date.parse(text.replaceAll("-", " "));
        if (!Number.isNaN(time)) expires = time;
        break;
      }
      case "max-age":
        if (/^-?\d+$/.test(text)) maxAge = Number(text);
        break;
      case "domain":
        domain = text.replace(/^\./, "").toLowerCase();
        break;
      case "path":
        path = text.startsWith("/") ? text : "";
        break;
      case "secure":
        secure = true;
        break;
      case "httponly":
        httpOnly = true;
        break;
    }
  }
  if (domain !== "" && !domainMatches(target.host, domain)) return null;
  if (secure && !target.secure) return null;
  if (maxAge !== null) expires = maxAge <= 0 ? 0 : now + maxAge * 1000;
  return {
    name,
    value,
    domain: domain === "" ? target.host : domain,
    hostOnly: domain === "",
    path: path === "" ? defaultPath(target.path) : path,
    expires,
    secure,
    httpOnly,
    created: now,
  };
}

// domainMatches: a host gets the cookies of a domain that is it or above it.
// An address has nothing above it.
function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  return host.endsWith("." + domain) && !/^[\d.]+$|:/.test(host);
}

function defaultPath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

function pathMatches(path: string, of: string): boolean {
  return path === of || (path.startsWith(of) && (of.endsWith("/") || path[of.length] === "/"));
}

/**
 * mergeCookies adds to the jar's own the cookies that scripts of the site have
 * set in the browser; where both have a name, the jar's counts.
 */
export function mergeCookies(jar: string, scripts: string): string {
  if (scripts === "") return jar;
  const nameOf = (pair: string): string => pair.split("=", 1)[0]?.trim() ?? "";
  const known = new Set(jar.split("; ").map(nameOf));
  const added = scripts.split(";").map((pair) => pair.trim()).filter((pair) => pair !== "" && !known.has(nameOf(pair)));
  return [jar, ...added].filter((text) => text !== "").join("; ");
}

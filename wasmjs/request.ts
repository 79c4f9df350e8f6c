// A Request and a Response are plain data, HTTP-shaped, with no streams of the
// platform: what crosses the border between whoever speaks HTTP (or posts
// messages) and whoever runs PHP. Twin of server/runner.go.

/** Header is a list of name and value pairs: order and repetition are kept. */
export type Header = readonly (readonly [name: string, value: string])[];

/** Request is one HTTP request to a site. */
export interface Request {
  /** method is the HTTP method, in upper case. */
  readonly method: string;
  /** url is the origin form: an absolute path and, perhaps, a query. */
  readonly url: string;
  /** host is the authority the visitor sees, with its port if it has one. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** header has lower-case names. */
  readonly header: Header;
  readonly body: Uint8Array;
}

/** Kind says who made a Response. */
export type ResponseKind = "static" | "php" | "redirect" | "error";

/** Response is the answer to a Request. */
export interface Response {
  readonly status: number;
  readonly header: Header;
  readonly body: Uint8Array;
  readonly kind: ResponseKind;
  /** duration is how long the site worked on it, in milliseconds. */
  readonly duration: number;
  /** log holds what PHP wrote to its diagnostics, line by line. */
  readonly log: readonly string[];
  /** memoryBytes is the guest's linear memory after the run, 0 if none ran. */
  readonly memoryBytes: number;
}

/**
 * Early gets what of an answer a visitor should have before the whole is there,
 * one piece after another: its status and header are the answer's, its body is the
 * next piece. The Response that comes at the end then has the rest for its body, or
 * the kind "error" where the answer broke off.
 */
export type Early = (part: Pick<Response, "status" | "header" | "body" | "kind">) => void;

/** headerValue returns the first value of a lower-case name, or undefined. */
export function headerValue(header: Header, name: string): string | undefined {
  for (const [key, value] of header) {
    if (key === name || key.toLowerCase() === name) return value;
  }
  return undefined;
}

// Pages with one sentence: what a visitor sees when a site cannot answer.

import type { Header, ResponseKind } from "./request.ts";

/** Reply is a Response before anybody has looked at the clock. */
export interface Reply {
  readonly status: number;
  readonly header: Header;
  readonly body: Uint8Array;
  readonly kind: ResponseKind;
}

const titles: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [413, "Request Entity Too Large"],
  [416, "Requested Range Not Satisfiable"],
  [500, "Internal Server Error"],
]);

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;").replaceAll("'", "&#39;");
}

/** errorResponse is a page with one sentence. */
export function errorResponse(status: number, sentence: string, more: Header = []): Reply {
  const title = `${status} ${titles.get(status) ?? ""}`;
  const html =
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width">\n' +
    `<title>${title}</title>\n<h1>${title}</h1>\n<p>${escape(sentence)}</p>\n`;
  return {
    status,
    header: [["content-type", "text/html; charset=utf-8"], ["cache-control", "no-store"], ...more],
    body: new TextEncoder().encode(html),
    kind: "error",
  };
}

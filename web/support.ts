// What the browser lane needs from a browser, found out by trying.

/** A module with one function that holds a try_table: the exception handling
 * that php.wasm is built with (exnref), not the older one. */
const tryTableModule = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version 1
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // type 0: () -> ()
  0x03, 0x02, 0x01, 0x00, // function 0 has type 0
  0x0a, 0x08, 0x01, 0x06, 0x00, 0x1f, 0x40, 0x00, 0x0b, 0x0b, // try_table (no catches) end end
]);

/** Scope is what missingForBrowserLane looks at: the page's window. */
export interface Scope {
  readonly WebAssembly?: { validate(bytes: Uint8Array<ArrayBuffer>): boolean } | undefined;
  readonly navigator: { readonly serviceWorker?: unknown };
  readonly isSecureContext: boolean;
}

/** missingForBrowserLane says, in the middle of a sentence, what keeps a site
 * from running in this browser; undefined when nothing does. */
export function missingForBrowserLane(scope: Scope): string | undefined {
  if (scope.WebAssembly === undefined) return "WebAssembly is turned off or missing";
  if (!scope.WebAssembly.validate(tryTableModule)) {
    return "its WebAssembly has no exception handling (Chrome 137, Firefox 131 and Safari 18.4 have it)";
  }
  if (!scope.isSecureContext) return "this address is neither https nor under localhost, so service workers are off";
  if (scope.navigator.serviceWorker === undefined) {
    return "it has no service workers here, as in Firefox’s private windows";
  }
  return undefined;
}

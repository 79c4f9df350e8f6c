// PHP's log lines, and numbers for people.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesText, countText, timeText } from "../figures.ts";
import { isContinuation, parseLogLine, type LogLine } from "../phplog.ts";
import { missingForBrowserLane } from "../support.ts";

test("a line of PHP's log says how bad, what and where", () => {
  const cases: readonly (readonly [line: string, want: LogLine])[] = [
    [
      "PHP Fatal error:  Uncaught Error: Call to undefined function x() in /wordpress/wp-content/plugins/a b/a.php:12",
      { severity: "error", label: "Fatal error", message: "Uncaught Error: Call to undefined function x()", where: "wp-content/plugins/a b/a.php:12" },
    ],
    [
      "PHP Warning:  Undefined variable $x in /wordpress/wp-settings.php on line 7",
      { severity: "warning", label: "Warning", message: "Undefined variable $x", where: "wp-settings.php:7" },
    ],
    [
      "[22-Nov-2026 17:20:00 UTC] PHP Parse error:  syntax error, unexpected end of file in /tmp/x.php on line 3",
      { severity: "error", label: "Parse error", message: "syntax error, unexpected end of file", where: "/tmp/x.php:3" },
    ],
    ["Deprecated: f() is old", { severity: "note", label: "Deprecated", message: "f() is old", where: "" }],
    ["Cron: nothing to do", { severity: "note", label: "", message: "Cron: nothing to do", where: "" }],
    ["", { severity: "note", label: "", message: "", where: "" }],
  ];
  for (const [line, want] of cases) assert.deepEqual(parseLogLine(line), want, line);
});

test("a stack trace belongs to the line before it", () => {
  for (const line of ["Stack trace:", "PHP Stack trace:", "#0 /wordpress/index.php(17): f()", "  thrown in /x.php on line 3"]) {
    assert.equal(isContinuation(line), true, line);
  }
  for (const line of ["PHP Warning:  x", "a thrown in b"]) assert.equal(isContinuation(line), false, line);
});

test("figures are short", () => {
  assert.deepEqual([0, 999, 1000, 99_400, 999_500, 9_460_000, 123_456_789].map(bytesText), ["0 B", "999 B", "1 kB", "99 kB", "1.0 MB", "9.5 MB", "123 MB"]);
  assert.deepEqual([0.44, 9.96, 84.2, 1234].map(timeText), ["0.4 ms", "10.0 ms", "84 ms", "1.2 s"]);
  assert.deepEqual([countText(1, "error"), countText(2, "error")], ["1 error", "2 errors"]);
});

test("a browser that cannot run PHP is told why", () => {
  const able = { WebAssembly, navigator: { serviceWorker: {} }, isSecureContext: true };
  assert.equal(missingForBrowserLane(able), undefined, "this Node runs php.wasm, so its engine has all that is needed");
  assert.match(missingForBrowserLane({ ...able, WebAssembly: undefined }) ?? "", /WebAssembly/);
  assert.match(missingForBrowserLane({ ...able, WebAssembly: { validate: () => false } }) ?? "", /exception handling/);
  assert.match(missingForBrowserLane({ ...able, navigator: {} }) ?? "", /service workers/);
  assert.match(missingForBrowserLane({ ...able, isSecureContext: false }) ?? "", /https/);
});

// A line of PHP's diagnostics, read as far as people need it: how bad it is,
// what it says, and where it happened.

export type Severity = "error" | "warning" | "note";

export interface LogLine {
  readonly severity: Severity;
  /** label is PHP's word for it, such as "Fatal error"; "" when it has none. */
  readonly label: string;
  readonly message: string;
  /** where is "file:line" in the site's own tree, "" when not said. */
  readonly where: string;
}

const severities: readonly (readonly [label: string, severity: Severity])[] = [
  ["Fatal error", "error"],
  ["Recoverable fatal error", "error"],
  ["Parse error", "error"],
  ["Core error", "error"],
  ["Compile error", "error"],
  ["Startup error", "error"],
  ["Warning", "warning"],
  ["Core warning", "warning"],
  ["Compile warning", "warning"],
  ["Notice", "note"],
  ["Deprecated", "note"],
  ["User error", "error"],
];

/** parseLogLine reads one line as PHP or WordPress logged it. */
export function parseLogLine(line: string): LogLine {
  // "[22-Nov-2026 17:20:00 UTC] " stands in front when PHP logs to a file.
  const text = line.replace(/^\[[^\]]{6,40}\] /, "").trim();
  const head = /^(?:PHP )?([A-Z][a-z]+(?: [a-z]+){0,2}):\s+/.exec(text);
  const known = severities.find(([label]) => label === head?.[1]);
  if (head === null || known === undefined) return { severity: "note", label: "", message: text, where: "" };

  const rest = text.slice(head[0].length);
  const inFile = / in (\/[^\s:]+(?: [^\s:]+)*?)(?::(\d+)| on line (\d+))/.exec(rest);
  if (inFile === null) return { severity: known[1], label: known[0], message: rest, where: "" };
  return {
    severity: known[1],
    label: known[0],
    message: rest.slice(0, inFile.index),
    where: `${sitePath(inFile[1] ?? "")}:${inFile[2] ?? inFile[3] ?? ""}`,
  };
}

/** isContinuation reports whether a line belongs to the one before it: the
 * stack trace of an uncaught exception. */
export function isContinuation(line: string): boolean {
  return /^(?:PHP )?(?:Stack trace:|#\d+ |\s+(?:#\d+|thrown in))/.test(line.replace(/^\[[^\]]{6,40}\] /, ""));
}

// Every path of the guest starts with the site's folder; only what follows it
// means anything to a person.
function sitePath(path: string): string {
  return path.startsWith("/wordpress/") ? path.slice("/wordpress/".length) : path;
}

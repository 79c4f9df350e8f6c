// Numbers as people read them.

/** bytesText writes a number of bytes, in decimal units, with three digits. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  const mega = bytes / 1e6;
  return mega < 99.95 ? `${mega.toFixed(1)} MB` : `${Math.round(mega)} MB`;
}

/** timeText writes a duration given in milliseconds. */
export function timeText(ms: number): string {
  if (ms < 0.05) return "<0.1 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** secondsText writes a duration given in milliseconds, always in seconds. */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** countText writes a number of things: "1 error", "2 errors". */
export function countText(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? "" : "s"}`;
}

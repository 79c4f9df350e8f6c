// Puts the script of frame.ts into a document of the site. The bytes are
// searched as they are: every encoding that WordPress can be set to writes tags
// in ASCII.

/** frameTag loads frame.ts. */
export const frameTag = '<script async src="/-pressbox/frame.js"></script>';

// How far the start of a document is searched for a place.
const searchLen = 65_536;

/** insertFrameTag returns the document with frameTag right after its <head>, or
 * as early as it may stand in a document that has none. */
export function insertFrameTag(document: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = new TextDecoder("latin1").decode(document.subarray(0, searchLen));
  const place = endOf(/<head(?:\s[^>]*)?>/i, start) ?? endOf(/<html(?:\s[^>]*)?>/i, start) ?? endOf(/^\s*<!doctype[^>]*>/i, start) ?? 0;
  const tag = new TextEncoder().encode(frameTag);
  const whole = new Uint8Array(document.length + tag.length);
  whole.set(document.subarray(0, place));
  whole.set(tag, place);
  whole.set(document.subarray(place), place + tag.length);
  return whole;
}

function endOf(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text);
  return found === null ? undefined : found.index + found[0].length;
}

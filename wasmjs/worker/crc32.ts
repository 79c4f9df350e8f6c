// CRC-32 as zip and Ethernet have it: enough to tell a record that was written
// to its end from one that was not.

function table(): Uint32Array {
  const entries = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let bit = 0; bit < 8; bit++) c = (c & 1) !== 0 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    entries[i] = c;
  }
  return entries;
}

const entries = table();

/** crc32 is the checksum of bytes. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    c = (c >>> 8) ^ (entries[(c ^ (bytes[i] as number)) & 0xff] as number);
  }
  return (c ^ 0xffffffff) >>> 0;
}

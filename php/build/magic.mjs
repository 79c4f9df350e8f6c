// Packs fileinfo's database: node magic.mjs DATABASE PACKED
//
// Of its 8.5 MB nine tenths are zeros, the unused ends of fixed fields. Packed, a
// run of zeros is a zero and its length, up to 255, and any other byte is
// itself; ../sapi/magic.c unpacks it.

import { readFileSync, writeFileSync } from "node:fs";

const [database, packed] = process.argv.slice(2);
const bytes = readFileSync(database);
const out = Buffer.alloc(2 * bytes.length);
let size = 0;
for (let i = 0; i < bytes.length; ) {
  let zeros = 0;
  while (zeros < 255 && bytes[i + zeros] === 0) zeros++;
  out[size++] = bytes[i];
  if (zeros > 0) out[size++] = zeros;
  i += zeros || 1;
}
writeFileSync(packed, out.subarray(0, size));

// What each part of php.wasm costs: node sizes.mjs LINKED MAP
//
// Prints JSON: for each extension, with the library that only it needs, the bytes
// of its code and data as the linker laid them (before wasm-opt), and what they
// take with brotli when compressed alone.

import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

// Who needs a library, or what else an object belongs to.
const owners = {
  libjpeg: "gd", libpng: "gd", libwebp: "gd", libsodium: "sodium", libxml2: "libxml", libzip: "zip",
  oniguruma: "mbstring", sqlite: "sqlite3", zlib: "zlib", opcache: "opcache", posix: "core", sapi: "core",
};

function owner(object) {
  if (object.endsWith("/sapi-magic.o")) return "fileinfo";
  const extension = /^php\/ext\/([^/]+)\//.exec(object);
  if (extension) return extension[1];
  const library = /^objects\/([^/]+)\//.exec(object);
  if (library) return owners[library[1]] ?? library[1];
  return object.startsWith("php/") ? "core" : "C library";
}

const [linked, map] = process.argv.slice(2);
const module = readFileSync(linked);
const parts = new Map();
for (const line of readFileSync(map, "utf8").split("\n")) {
  const chunk = /^\s*\S+\s+([0-9a-f]+)\s+([0-9a-f]+)\s+(\S+\.o\)?):\(/.exec(line);
  if (chunk === null) continue;
  const [off, size] = [parseInt(chunk[1], 16), parseInt(chunk[2], 16)];
  const name = owner(chunk[3]);
  if (!parts.has(name)) parts.set(name, []);
  parts.get(name).push(module.subarray(off, off + size));
}
const table = [...parts].map(([name, chunks]) => {
  const bytes = Buffer.concat(chunks);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  return { name, size: bytes.length, brotliSize: brotli.length };
});
table.sort((a, b) => b.brotliSize - a.brotliSize);
console.log(`[\n${table.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`);

// Keeps local variables that a try block changes in memory: node spill.mjs IN OUT
//
// longjmp() arrives in WebAssembly as an exception, and what calls setjmp() has a
// try_table around nearly all of it. wazero 1.12 saves a function's variables
// where a try_table begins and takes them back in its catch clause, so that a
// change inside is lost (wazero #2503, mended after 1.12): the stack pointer
// among them, and then the C stack is overwritten. In every function with such a
// clause, the variables that are set within one are therefore moved to a frame
// on the C stack. That is right on every engine, and slower only in some thirty
// functions of PHP's 10,000. Nothing else of the module changes.
//
// The binary format: https://www.w3.org/TR/wasm-core/ (chapter 5).

import { readFileSync, writeFileSync } from "node:fs";

const I32 = 0x7f, I64 = 0x7e, F32 = 0x7d, F64 = 0x7c;
const BLOCK = 0x02, LOOP = 0x03, IF = 0x04, END = 0x0b, RETURN = 0x0f, RETURN_CALL = 0x12, RETURN_CALL_INDIRECT = 0x13;
const LOCAL_GET = 0x20, LOCAL_SET = 0x21, LOCAL_TEE = 0x22, GLOBAL_GET = 0x23, GLOBAL_SET = 0x24;
const TRY_TABLE = 0x1f, I32_CONST = 0x41, I32_ADD = 0x6a, I32_SUB = 0x6b;
const load = { [I32]: [0x28, 2], [I64]: [0x29, 3], [F32]: [0x2a, 2], [F64]: [0x2b, 3] };
const store = { [I32]: [0x36, 2], [I64]: [0x37, 3], [F32]: [0x38, 2], [F64]: [0x39, 3] };

/** Reader walks over bytes. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  u32() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.byte();
      value += (b & 0x7f) * 2 ** shift;
      if (b < 0x80) return value;
    }
  }
  skipLeb() {
    while (this.byte() >= 0x80);
  }
  skip(n) {
    this.at += n;
  }
}

function u32(value) {
  const out = [];
  do {
    const b = value % 128;
    value = Math.floor(value / 128);
    out.push(value > 0 ? b | 0x80 : b);
  } while (value > 0);
  return out;
}

function i32(value) {
  const out = [];
  for (;;) {
    const b = value & 0x7f;
    value >>= 7;
    if ((value === 0 && (b & 0x40) === 0) || (value === -1 && (b & 0x40) !== 0)) return [...out, b];
    out.push(b | 0x80);
  }
}

// skipImmediates moves past what follows an opcode. It knows all that clang and
// wasm-opt write for this module, and stops at anything else.
function skipImmediates(r, opcode) {
  switch (opcode) {
    case BLOCK: case LOOP: case IF:
      return r.skipLeb();
    case TRY_TABLE: {
      r.skipLeb();
      for (let n = r.u32(); n > 0; n--) {
        const kind = r.byte();
        if (kind < 2) r.u32();
        r.u32();
      }
      return;
    }
    case 0x08: case 0x0c: case 0x0d: case 0x10: case RETURN_CALL:
    case LOCAL_GET: case LOCAL_SET: case LOCAL_TEE: case GLOBAL_GET: case GLOBAL_SET:
    case 0x25: case 0x26: case 0x3f: case 0x40: case 0x41: case 0x42: case 0xd0: case 0xd2:
      return r.skipLeb();
    case 0x0e:
      for (let n = r.u32(); n >= 0; n--) r.u32();
      return;
    case 0x11: case RETURN_CALL_INDIRECT:
      r.u32();
      return r.u32();
    case 0x1c:
      for (let n = r.u32(); n > 0; n--) r.byte();
      return;
    case 0x43:
      return r.skip(4);
    case 0x44:
      return r.skip(8);
    case 0xfc: {
      const sub = r.u32();
      if (sub < 8) return;
      if (sub === 8 || sub === 10 || sub === 12 || sub === 14) r.u32();
      return r.skipLeb();
    }
  }
  if (opcode >= 0x28 && opcode <= 0x3e) {
    r.u32();
    return r.skipLeb();
  }
  const plain = [0x00, 0x01, 0x05, 0x0a, END, RETURN, 0x1a, 0x1b, 0xd1];
  if (plain.includes(opcode) || (opcode >= 0x45 && opcode <= 0xc4)) return;
  throw new Error(`spill.mjs does not know the instruction 0x${opcode.toString(16)}`);
}

// changed returns the variables that are set between a try_table with a clause and
// its end.
function changed(code, from) {
  const r = new Reader(code, from);
  const found = new Set();
  const blocks = [];
  while (r.at < code.length) {
    const opcode = r.byte();
    if (opcode === LOCAL_SET || opcode === LOCAL_TEE) {
      const index = r.u32();
      if (blocks.includes(true)) found.add(index);
      continue;
    }
    const start = r.at;
    skipImmediates(r, opcode);
    if (opcode === BLOCK || opcode === LOOP || opcode === IF) blocks.push(false);
    if (opcode === END) blocks.pop();
    if (opcode === TRY_TABLE) {
      const immediates = new Reader(code, start);
      immediates.skipLeb();
      blocks.push(immediates.u32() > 0);
    }
  }
  return found;
}

// spill returns a function's new code, or the old one if it needs no change.
// code is its variables and body, as in the code section; type its parameters
// and the block type of its result.
function spill(code, type, stackPointer) {
  if (!code.includes(TRY_TABLE)) return code;
  const r = new Reader(code);
  const groups = [];
  const kinds = [...type.params];
  for (let n = r.u32(); n > 0; n--) {
    const count = r.u32(), kind = r.byte();
    groups.push([count, kind]);
    for (let i = 0; i < count; i++) kinds.push(kind);
  }
  const body = r.at;
  const offsets = new Map();
  let size = 0;
  for (const local of [...changed(code, body)].sort((a, b) => a - b)) {
    if (!(kinds[local] in load)) continue; // a reference: memory cannot hold it
    offsets.set(local, size);
    size += 8;
  }
  if (offsets.size === 0) return code;
  size = Math.ceil(size / 16) * 16;

  const frame = kinds.length;
  const scratch = { [I32]: frame + 1, [I64]: frame + 2, [F32]: frame + 3, [F64]: frame + 4 };
  const out = [];
  const put = (...bytes) => { for (const b of bytes) out.push(b); };
  const read = (local) => put(LOCAL_GET, ...u32(frame), ...load[kinds[local]], ...u32(offsets.get(local)));
  const write = (local) => put(...store[kinds[local]], ...u32(offsets.get(local)));
  const leave = () => put(LOCAL_GET, ...u32(frame), I32_CONST, ...i32(size), I32_ADD, GLOBAL_SET, ...u32(stackPointer));

  put(...u32(groups.length + 5));
  for (const [count, kind] of [...groups, [1, I32], [1, I32], [1, I64], [1, F32], [1, F64]]) put(...u32(count), kind);
  put(GLOBAL_GET, ...u32(stackPointer), I32_CONST, ...i32(size), I32_SUB, LOCAL_TEE, ...u32(frame), GLOBAL_SET, ...u32(stackPointer));
  // Parameters have values, other variables are zero.
  for (const local of offsets.keys()) {
    put(LOCAL_GET, ...u32(frame), LOCAL_GET, ...u32(local));
    write(local);
  }
  // Whatever leaves the function by a branch now arrives behind this block.
  put(BLOCK, ...type.result);
  r.at = body;
  while (r.at < code.length) {
    const at = r.at;
    const opcode = r.byte();
    if (opcode === LOCAL_GET || opcode === LOCAL_SET || opcode === LOCAL_TEE) {
      const local = r.u32();
      if (!offsets.has(local)) {
        put(...code.subarray(at, r.at));
      } else if (opcode === LOCAL_GET) {
        read(local);
      } else {
        const value = scratch[kinds[local]];
        put(LOCAL_SET, ...u32(value), LOCAL_GET, ...u32(frame), LOCAL_GET, ...u32(value));
        write(local);
        if (opcode === LOCAL_TEE) put(LOCAL_GET, ...u32(value));
      }
      continue;
    }
    skipImmediates(r, opcode);
    if (opcode === RETURN || opcode === RETURN_CALL || opcode === RETURN_CALL_INDIRECT) leave();
    put(...code.subarray(at, r.at));
  }
  leave();
  put(END);
  return Uint8Array.from(out);
}

/** spillModule returns the module with what is said above done to it, and how many functions changed. */
export function spillModule(module) {
  const r = new Reader(module, 8);
  const types = [], functions = [], parts = [module.subarray(0, 8)];
  let imported = 0, stackPointer, count = 0;
  while (r.at < module.length) {
    const start = r.at;
    const id = r.byte(), end = r.u32() + r.at;
    const content = r.at;
    if (id === 1) {
      for (let n = r.u32(); n > 0; n--) {
        if (r.byte() !== 0x60) throw new Error("spill.mjs knows function types only");
        const params = [], results = [];
        for (let k = r.u32(); k > 0; k--) params.push(r.byte());
        for (let k = r.u32(); k > 0; k--) results.push(r.byte());
        types.push({ params, results });
      }
    } else if (id === 2) {
      imported = r.u32();
    } else if (id === 3) {
      for (let n = r.u32(); n > 0; n--) functions.push(r.u32());
    } else if (id === 7) {
      for (let n = r.u32(); n > 0; n--) {
        const length = r.u32();
        const name = Buffer.from(module.subarray(r.at, r.at + length)).toString("latin1");
        r.skip(length);
        const kind = r.byte(), index = r.u32();
        if (name === "__stack_pointer" && kind === 3) stackPointer = index;
      }
    }
    if (id !== 10) {
      r.at = end;
      parts.push(module.subarray(start, end));
      continue;
    }
    if (stackPointer === undefined) throw new Error("spill.mjs needs a module that exports __stack_pointer");
    const bodies = [Uint8Array.from(u32(r.u32()))];
    for (const index of functions) {
      const size = r.u32();
      const code = module.subarray(r.at, r.at + size);
      r.skip(size);
      const { params, results } = types[index];
      if (results.length > 1 && code.includes(TRY_TABLE)) throw new Error("spill.mjs knows functions with one result only");
      const changedCode = spill(code, { params, result: results.length === 0 ? [0x40] : results }, stackPointer);
      if (changedCode !== code) count++;
      bodies.push(Uint8Array.from(u32(changedCode.length)), changedCode);
    }
    const section = Buffer.concat(bodies);
    parts.push(Uint8Array.from([10, ...u32(section.length)]), section);
    r.at = end;
  }
  return { module: Buffer.concat(parts), count };
}

if (process.argv[1] === import.meta.filename) {
  const [from, to] = process.argv.slice(2);
  const { module, count } = spillModule(readFileSync(from));
  writeFileSync(to, module);
  console.log(`${count} functions keep variables in memory`);
}

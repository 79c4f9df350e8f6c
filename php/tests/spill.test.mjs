// What build/spill.mjs does to a module, run in V8: nothing that can be seen from outside.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spillModule } from "../build/spill.mjs";

const text = (s) => [s.length, ...Buffer.from(s)];
const section = (id, ...content) => [id, content.flat().length, ...content.flat()];
const body = (...code) => [code.flat().length, ...code.flat()];

// (module) with a tag, a function that throws it, and the function under test, which has one
// i32 for a parameter and a result, and the variables $1 (i32) and $2 (i64).
const module = (code) => Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, [2, 0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7f]),
  ...section(3, [2, 0, 1]),
  ...section(5, [1, 0, 1]),
  ...section(13, [1, 0, 0]),
  ...section(6, [1, 0x7f, 1, 0x41, 0x80, 0x08, 0x0b]), // the stack pointer is 1024
  ...section(7, [2], text("__stack_pointer"), [3, 0], text("f"), [0, 1]),
  ...section(10, [2], body([0, 0x08, 0, 0x0b]), body([2, 1, 0x7f, 1, 0x7e, ...code, 0x0b])),
]);

// In the try block: $1 = 0, the parameter grows by 5, $2 = 7.
const changes = [0x41, 0, 0x21, 1, 0x20, 0, 0x41, 5, 0x6a, 0x22, 0, 0x1a, 0x42, 7, 0x21, 2];
const sum = [0x20, 1, 0x20, 0, 0x6a, 0x20, 2, 0xa7, 0x6a];

const cases = {
  "a caught exception finds what the block set": {
    code: [0x41, 1, 0x21, 1, 0x02, 0x40, 0x1f, 0x40, 1, 0, 0, 0, ...changes, 0x10, 0, 0x0b, 0x0b, ...sum],
    spilled: 1, input: 10, output: 22,
  },
  "a return from within the block": {
    code: [0x02, 0x40, 0x1f, 0x40, 1, 0, 0, 0, ...changes, 0x20, 0, 0x0f, 0x0b, 0x0b, 0x41, 0],
    spilled: 1, input: 10, output: 15,
  },
  "a branch out of the function": {
    code: [0x02, 0x40, 0x1f, 0x40, 1, 0, 0, 0, ...changes, 0x20, 0, 0x0c, 2, 0x0b, 0x0b, 0x41, 0],
    spilled: 1, input: 10, output: 15,
  },
  "a block without a clause changes nothing": {
    code: [0x1f, 0x40, 0, ...changes, 0x0b, ...sum],
    spilled: 0, input: 10, output: 22,
  },
};

for (const [name, { code, spilled, input, output }] of Object.entries(cases)) {
  test(name, async () => {
    const given = module(code);
    const made = spillModule(given);
    assert.equal(made.count, spilled);
    for (const bytes of [given, made.module]) {
      const { instance } = await WebAssembly.instantiate(bytes);
      assert.equal(instance.exports.f(input), output);
      assert.equal(instance.exports.__stack_pointer.value, 1024);
    }
  });
}

test("an unknown instruction stops the build", () => {
  assert.throws(() => spillModule(module([0x1f, 0x40, 1, 2, 0, 0xfe, 0, 0x0b])), /does not know the instruction 0xfe/);
});

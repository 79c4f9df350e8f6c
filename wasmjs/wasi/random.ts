// Random sources. Twin of server/phpwasm/wasi/random.go.

import { FAULT, SUCCESS } from "../vfs/errno.ts";
import type { Host } from "./host.ts";

/** Random is a guest's source of random bytes. */
export interface Random {
  fill(bytes: Uint8Array): void;
}

// The generator of every engine answers at most this much at once.
const piece = 65_536;

/** systemRandom is the machine's. */
export function systemRandom(): Random {
  return {
    fill(bytes) {
      for (let done = 0; done < bytes.length; done += piece) {
        crypto.getRandomValues(bytes.subarray(done, done + piece) as Uint8Array<ArrayBuffer>);
      }
    },
  };
}

/**
 * seededRandom is xoshiro128**, seeded by four words of splitmix32. Its outputs
 * follow each other as little-endian bytes; none is dropped between calls,
 * however the calls are cut. For tests: nothing here is secret.
 */
export function seededRandom(seed: number): Random {
  let mix = seed | 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split();
  const next = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  let word = 0;
  let left = 0;
  return {
    fill(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        if (left === 0) {
          word = next();
          left = 4;
        }
        bytes[i] = word & 0xff;
        word >>>= 8;
        left--;
      }
    },
  };
}

export function random_get(host: Host, ptr: number, len: number): number {
  host.beat();
  const memory = host.memory;
  if (!memory.has(ptr, len)) return FAULT.code;
  host.random.fill(memory.slice(ptr, len));
  return SUCCESS.code;
}

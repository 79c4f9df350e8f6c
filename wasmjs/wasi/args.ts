// Arguments and environment: two lists of C strings. Twin of
// server/phpwasm/wasi/args.go.

import { FAULT, SUCCESS } from "../vfs/errno.ts";
import type { Host } from "./host.ts";

const encoder = new TextEncoder();

/** Strings is a list as the guest gets it: one block, each with its NUL. */
export class Strings {
  readonly offsets: readonly number[];
  readonly block: Uint8Array;

  constructor(list: readonly string[]) {
    const offsets: number[] = [];
    const parts = list.map((text) => encoder.encode(text));
    const block = new Uint8Array(parts.reduce((size, part) => size + part.length + 1, 0));
    let at = 0;
    for (const part of parts) {
      offsets.push(at);
      block.set(part, at);
      at += part.length + 1;
    }
    this.offsets = offsets;
    this.block = block;
  }
}

function sizes(host: Host, list: Strings, countPtr: number, sizePtr: number): number {
  const memory = host.memory;
  if (!memory.has(countPtr, 4) || !memory.has(sizePtr, 4)) return FAULT.code;
  memory.setU32(countPtr, list.offsets.length);
  memory.setU32(sizePtr, list.block.length);
  return SUCCESS.code;
}

function get(host: Host, list: Strings, listPtr: number, blockPtr: number): number {
  const memory = host.memory;
  if (!memory.has(listPtr, list.offsets.length * 4) || !memory.has(blockPtr, list.block.length)) return FAULT.code;
  list.offsets.forEach((off, i) => memory.setU32(listPtr + i * 4, blockPtr + off));
  memory.set(blockPtr, list.block);
  return SUCCESS.code;
}

export function args_sizes_get(host: Host, countPtr: number, sizePtr: number): number {
  return sizes(host, host.args, countPtr, sizePtr);
}

export function args_get(host: Host, listPtr: number, blockPtr: number): number {
  return get(host, host.args, listPtr, blockPtr);
}

export function environ_sizes_get(host: Host, countPtr: number, sizePtr: number): number {
  return sizes(host, host.env, countPtr, sizePtr);
}

export function environ_get(host: Host, listPtr: number, blockPtr: number): number {
  return get(host, host.env, listPtr, blockPtr);
}

/* What the files in this folder share.
 *
 * This folder fills the gaps between POSIX, as PHP and its libraries expect it,
 * and WASI preview 1. Three ways, in this order of preference:
 *   1. a function that can be had from WASI after all is written here;
 *   2. a question with one plausible answer (who am I?) gets that answer;
 *   3. everything else fails with the errno that says why, never by a crash.
 * Functions that wasi-libc has, but with an answer that PHP cannot use, are
 * replaced at link time (wasm-ld --wrap, listed in build/link.sh): __wrap_f is
 * ours, __real_f is the library's. */

#ifndef PRESSBOX_POSIX_H
#define PRESSBOX_POSIX_H

#define PRESSBOX_UID 1000
#define PRESSBOX_GID 1000

#endif

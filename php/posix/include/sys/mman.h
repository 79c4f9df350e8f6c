/* Anonymous memory in aligned chunks (../memory.c) in place of wasi-libc's
 * emulation over malloc, which cannot align. */
#ifndef _WASI_EMULATED_MMAN
#define _WASI_EMULATED_MMAN
#endif
#include_next <sys/mman.h>
#ifndef PRESSBOX_SYS_MMAN_H
#define PRESSBOX_SYS_MMAN_H

int mprotect(void *address, size_t len, int protection);
int madvise(void *address, size_t len, int advice);

#endif

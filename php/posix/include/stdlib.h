/* mkstemp() and mktemp(): wasi-libc leaves them out (../temporary.c). */
#include_next <stdlib.h>
#ifndef PRESSBOX_STDLIB_H
#define PRESSBOX_STDLIB_H

int mkstemp(char *path);
int mkstemps(char *path, int suffix_len);
char *mktemp(char *path);
char *mkdtemp(char *path);

#endif

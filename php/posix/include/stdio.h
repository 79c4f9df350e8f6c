/* popen() fails and tmpfile() works; wasi-libc leaves both out (../process.c, ../temporary.c). */
#include_next <stdio.h>
#ifndef PRESSBOX_STDIO_H
#define PRESSBOX_STDIO_H

FILE *popen(const char *command, const char *mode);
int pclose(FILE *stream);
FILE *tmpfile(void);

#endif

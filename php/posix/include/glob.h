/* GLOB_BRACE, which wasi-libc leaves out (../glob.c). */
#include_next <glob.h>
#ifndef PRESSBOX_GLOB_H
#define PRESSBOX_GLOB_H

#define GLOB_BRACE 0x400

#endif

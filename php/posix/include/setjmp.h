/* There is no signal mask to save: sigsetjmp() is setjmp(). */
#include_next <setjmp.h>
#ifndef PRESSBOX_SETJMP_H
#define PRESSBOX_SETJMP_H

#define sigjmp_buf jmp_buf
#define sigsetjmp(buffer, save) setjmp(buffer)
#define siglongjmp(buffer, value) longjmp(buffer, value)

#endif

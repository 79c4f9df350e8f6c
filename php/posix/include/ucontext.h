/* WebAssembly has no stack switching: new Fiber throws before any of this is
 * called (build/sources.sh), so the type only has to exist. */
#ifndef PRESSBOX_UCONTEXT_H
#define PRESSBOX_UCONTEXT_H
#include <stddef.h>

typedef struct { void *ss_sp; size_t ss_size; int ss_flags; } pressbox_stack_t;
typedef struct ucontext { struct ucontext *uc_link; pressbox_stack_t uc_stack; } ucontext_t;

static inline int getcontext(ucontext_t *context) { (void)context; return -1; }
static inline void makecontext(ucontext_t *context, void (*function)(void), int argc, ...) { (void)context; (void)function; (void)argc; }
static inline int swapcontext(ucontext_t *from, const ucontext_t *to) { (void)from; (void)to; __builtin_trap(); }

#endif

/* Where the stack lies: the linker puts it at the bottom of memory, so that it
 * runs into an address below zero, and names its ends. */

#include <stddef.h>

extern char __stack_low, __stack_high;

void pressbox_stack_bounds(void **base, size_t *size)
{
	*base = &__stack_high;
	*size = (size_t)(&__stack_high - &__stack_low);
}

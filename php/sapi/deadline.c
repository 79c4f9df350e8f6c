/* max_execution_time without signals.
 *
 * On other systems a timer's signal sets two flags that PHP's virtual machine
 * looks at. Here nobody can interrupt a running script: no signal exists, a
 * browser cannot write to a worker's memory, and a Go host may not even get to
 * run, since its garbage collector waits for the guest's next call of a host
 * function. So the virtual machine counts its own jumps and calls (the counter
 * is put beside its look at the flags by build/sources.sh), and every now and
 * then asks the host for the time. That call is also the host's chance to do
 * something else, or to stop the guest. */

#include <time.h>

#include "sapi.h"

/* Some 0.2 ms of an empty loop; asking for the time costs a thousandth of that. */
#define TICKS 10000

int pressbox_ticks = TICKS;

/* The time at which the script is ended, or 0. Sleeping counts, as time on the
 * clock is all that can be measured. */
static uint64_t deadline;

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void pressbox_set_deadline(zend_long seconds)
{
	deadline = seconds > 0 ? now() + (uint64_t)seconds * 1000000000u : 0;
}

void pressbox_tick(void)
{
	pressbox_ticks = TICKS;
	uint64_t time = now();
	if (deadline == 0 || time < deadline) return;
	deadline = 0;
	zend_atomic_bool_store_ex(&EG(timed_out), true);
	zend_atomic_bool_store_ex(&EG(vm_interrupt), true);
}

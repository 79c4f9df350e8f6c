/* WASI has no processes: nothing to wait for. */
#ifndef PRESSBOX_SYS_WAIT_H
#define PRESSBOX_SYS_WAIT_H
#include <errno.h>
#include <sys/types.h>

#define WNOHANG 1
#define WIFEXITED(status) (((status) & 0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFSIGNALED(status) 0
#define WTERMSIG(status) 0
#define WIFSTOPPED(status) 0
#define WSTOPSIG(status) 0

static inline pid_t waitpid(pid_t pid, int *status, int options)
{
	(void)pid; (void)status; (void)options;
	errno = ECHILD;
	return -1;
}

#endif

/* Processes, pipes and descriptors' copies: WASI preview 1 has none of them. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int unsupported(void)
{
	errno = ENOSYS;
	return -1;
}

pid_t fork(void) { return unsupported(); }
int execv(const char *path, char *const argv[]) { return unsupported(); }
pid_t setsid(void) { return unsupported(); }
int pipe(int fds[2]) { return unsupported(); }
int nice(int increment) { return unsupported(); }
int pclose(FILE *stream) { return unsupported(); }

FILE *popen(const char *command, const char *mode)
{
	unsupported();
	return NULL;
}

int kill(pid_t pid, int signal)
{
	errno = ESRCH;
	return -1;
}

/* A descriptor can be renumbered (fd_renumber) but not copied. PHP copies the
 * standard ones for php://stdin, php://stdout and php://stderr: for these the
 * copy is the original, which close() therefore leaves open. */
int dup(int fd) { return fd >= 0 && fd <= 2 ? fd : unsupported(); }
int dup2(int from, int to) { return from == to ? to : unsupported(); }

int __real_close(int fd);

int __wrap_close(int fd)
{
	return fd >= 0 && fd <= 2 ? 0 : __real_close(fd);
}

/* No signals: an alarm is never pending, and never comes. */
unsigned alarm(unsigned seconds) { return 0; }

int getdtablesize(void) { return 1024; }

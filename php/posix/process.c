/* Processes, pipes and descriptors' copies: WASI preview 1 has none of them. */

#include <errno.h>
#include <fcntl.h>
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

#define DESCRIPTORS 1024

/* A descriptor can be renumbered (fd_renumber) but not copied. A copy is
 * therefore the original, which shares all with it that POSIX would have them
 * share, and as many calls of close() leave it open. The standard ones always
 * stay open: PHP copies them for php://stdin, php://stdout and php://stderr. */
static unsigned copies[DESCRIPTORS];

int dup(int fd)
{
	if (fcntl(fd, F_GETFL) < 0) return -1;
	if (fd > STDERR_FILENO) {
		if (fd >= DESCRIPTORS) {
			errno = EMFILE;
			return -1;
		}
		copies[fd]++;
	}
	return fd;
}

int dup2(int from, int to) { return from == to ? to : unsupported(); }

int __real_close(int fd);

int __wrap_close(int fd)
{
	if (fd >= 0 && fd <= STDERR_FILENO) return 0;
	if (fd > 0 && fd < DESCRIPTORS && copies[fd] > 0) {
		copies[fd]--;
		return 0;
	}
	return __real_close(fd);
}

/* No signals: an alarm is never pending, and never comes. */
unsigned alarm(unsigned seconds) { return 0; }

int getdtablesize(void) { return DESCRIPTORS; }

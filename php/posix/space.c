/* How much room there is. WASI preview 1 cannot say, so hosts of ours answer it as
 * they do for locks (locks.c): advice on an offset that no file reaches asks
 * whether so many more bytes would fit, and NOSPC says no. The number is found by
 * halving. A host that takes anything for good advice does not know. */

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>

#define MARK ((uint64_t)1 << 61)
#define FREE 0
#define TOTAL 1

#define MOST ((uint64_t)1 << 52)

static int fits(int fd, unsigned what, uint64_t bytes)
{
	return __wasi_fd_advise(fd, MARK | what, bytes, __WASI_ADVICE_NORMAL) != ENOSPC;
}

/* room is the largest number of bytes that fits, which is below MOST. */
static uint64_t room(int fd, unsigned what)
{
	uint64_t fit = 0;
	for (uint64_t step = MOST / 2; step > 0; step /= 2) {
		if (fits(fd, what, fit + step)) fit += step;
	}
	return fit;
}

int __wrap_statvfs(const char *restrict path, struct statvfs *restrict space)
{
	struct stat status;
	const char *prefix;
	char relative[PATH_MAX], *rest = relative;
	if (stat(path, &status) != 0) return -1;
	int fd = __wasilibc_find_relpath(path, &prefix, &rest, sizeof relative);
	if (fd < 0) return -1;
	int known = !fits(fd, FREE, MOST) && !fits(fd, TOTAL, MOST);
	if (known) {
		memset(space, 0, sizeof *space);
		space->f_bsize = space->f_frsize = 1;
		space->f_blocks = room(fd, TOTAL);
		space->f_bfree = space->f_bavail = room(fd, FREE);
		space->f_namemax = 255;
	}
	if (known) return 0;
	errno = ENOSYS;
	return -1;
}

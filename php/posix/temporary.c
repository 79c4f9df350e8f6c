/* Temporary files: WASI has no notion of them, but O_EXCL and names that differ
 * are all they need. */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two instances whose random sources are the same try the same names: the second
 * passes by each of the first one's that is still there. */
#define ATTEMPTS 100000

static char *placeholder(char *path, int suffix_len)
{
	size_t len = strlen(path);
	if (suffix_len < 0 || len < 6 + (size_t)suffix_len) return NULL;
	char *xs = path + len - suffix_len - 6;
	return memcmp(xs, "XXXXXX", 6) == 0 ? xs : NULL;
}

/* Letters differ in more than case, so that names stay unique on file systems
 * that ignore it. The count makes them differ where a host's random source does
 * not: multiplied by an odd number, it takes every value before one comes again. */
static void fill(char *xs)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	static uint32_t count;
	uint32_t bits;
	if (getentropy(&bits, sizeof bits) != 0) bits = 0;
	bits += count++ * 0x9e3779b9u;
	for (int i = 0; i < 6; i++, bits >>= 5) xs[i] = letters[bits & 31];
}

int mkstemps(char *path, int suffix_len)
{
	char *xs = placeholder(path, suffix_len);
	if (xs == NULL) {
		errno = EINVAL;
		return -1;
	}
	for (int i = 0; i < ATTEMPTS; i++) {
		fill(xs);
		int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0 || errno != EEXIST) return fd;
	}
	return -1;
}

int mkstemp(char *path)
{
	return mkstemps(path, 0);
}

char *mkdtemp(char *path)
{
	char *xs = placeholder(path, 0);
	if (xs == NULL) {
		errno = EINVAL;
		return NULL;
	}
	for (int i = 0; i < ATTEMPTS; i++) {
		fill(xs);
		if (mkdir(path, 0700) == 0) return path;
		if (errno != EEXIST) return NULL;
	}
	return NULL;
}

char *mktemp(char *path)
{
	struct stat status;
	char *xs = placeholder(path, 0);
	for (int i = 0; xs != NULL && i < ATTEMPTS; i++) {
		fill(xs);
		if (lstat(path, &status) != 0 && errno == ENOENT) return path;
	}
	errno = xs == NULL ? EINVAL : EEXIST;
	*path = 0;
	return path;
}

FILE *tmpfile(void)
{
	char path[] = "/tmp/tmpfile-XXXXXX";
	int fd = mkstemp(path);
	if (fd < 0) return NULL;
	unlink(path);
	FILE *stream = fdopen(fd, "w+");
	if (stream == NULL) close(fd);
	return stream;
}

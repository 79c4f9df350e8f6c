/* Descriptors 1 and 2. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sapi.h"
#include "ext/standard/basic_functions.h"
#include "php_main.h"

/* PHP hands out echo by echo, a WordPress page some thousand times. */
static char buffer[16384];
static size_t buffered;

/* write_all returns false when the reader is gone. */
static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
		if (n <= 0) return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool drain(void)
{
	size_t len = buffered;
	buffered = 0;
	return write_all(STDOUT_FILENO, buffer, len);
}

size_t output_write(const char *bytes, size_t len)
{
	bool written = true;
	if (len > sizeof buffer - buffered) written = drain();
	if (len >= sizeof buffer) {
		written = written && write_all(STDOUT_FILENO, bytes, len);
	} else {
		memcpy(buffer + buffered, bytes, len);
		buffered += len;
	}
	if (!written) {
		php_handle_aborted_connection();
		return 0;
	}
	return len;
}

void output_flush(void)
{
	if (!drain()) php_handle_aborted_connection();
}

void diagnostic(const char *line)
{
	/* Whatever came first on descriptor 1 also arrives first. */
	drain();
	write_all(STDERR_FILENO, line, strlen(line));
	write_all(STDERR_FILENO, "\n", 1);
}

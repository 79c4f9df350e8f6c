/* getrandom(2) over random_get: wasi-libc's getentropy() stops at 256 bytes. */

#include <unistd.h>
#include <wasi/api.h>
#include <errno.h>

ssize_t getrandom(void *bytes, size_t len, unsigned flags)
{
	__wasi_errno_t error = __wasi_random_get(bytes, len);
	if (error != 0) {
		errno = error;
		return -1;
	}
	return (ssize_t)len;
}

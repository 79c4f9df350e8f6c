/* File locks: flock(2), and the record locks of fcntl(2).
 *
 * WASI preview 1 has no call for them, so they are asked for by one that a host
 * may ignore: fd_advise, with the advice "normal" and an offset that no file
 * reaches, whose upper bits say what is wanted:
 *
 *     63 62  61 ... 56 | 55 54 53 52 | 51 ... 0
 *      0  1   0 ...  0 |  operation  | where the range begins       length: 0 is "to the end"
 *
 * A host of ours tries at once and answers AGAIN if somebody else holds the lock;
 * waiting happens here. Every other host follows the advice, or says that it
 * cannot: there, each lock is granted. Within one instance that is nearly right,
 * since record locks never conflict within a process and SQLite settles between
 * its own connections; between instances nothing is locked then. See RATIONALE.md,
 * "Why do file locks go through fd_advise?". */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

/* opcache wants a file only to lock it. This number stands for one, so that an
 * idle instance holds no descriptor (build/compile.sh sends its mkstemp here). */
#define LOCK_DESCRIPTOR 0x7ffffff0

#define MARK ((uint64_t)1 << 62)
#define OFFSET_BITS 52

/* The operation: what is asked for, and for whom. */
enum { SHARED = 1, EXCLUSIVE = 2, UNLOCK = 3 };
enum { OF_HANDLE = 0, OF_PROCESS = 4, TEST = 8 };

/* How long to sleep before the next try, in nanoseconds. */
#define FIRST_PAUSE 1000000
#define LONGEST_PAUSE 16000000

int __real_fcntl(int fd, int command, ...);

int pressbox_lock_descriptor(char *path)
{
	return LOCK_DESCRIPTOR;
}

static int try(int fd, unsigned operation, uint64_t start, uint64_t len)
{
	__wasi_errno_t error = __wasi_fd_advise(fd, MARK | (uint64_t)operation << OFFSET_BITS | start, len, __WASI_ADVICE_NORMAL);
	if (error != EAGAIN && error != EBADF && error != ENOLCK) return 0;
	errno = error;
	return -1;
}

/* From ../sapi: both look at how long the script has run. */
void pressbox_tick(void);
void *php_timed_out_ptr(void);

static bool time_is_over(void)
{
	pressbox_tick();
	return *(volatile bool *)php_timed_out_ptr();
}

/* wait_for tries until the lock is had or the script's time is over. That is not
 * EINTR: callers try again after it without end. */
static int wait_for(int fd, unsigned operation, uint64_t start, uint64_t len)
{
	struct timespec pause = { 0, FIRST_PAUSE };
	while (try(fd, operation, start, len) != 0) {
		if (errno != EAGAIN) return -1;
		if (time_is_over()) {
			errno = ETIMEDOUT;
			return -1;
		}
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LONGEST_PAUSE) pause.tv_nsec *= 2;
	}
	return 0;
}

int flock(int fd, int operation)
{
	unsigned wanted;
	switch (operation & ~LOCK_NB) {
	case LOCK_SH: wanted = SHARED; break;
	case LOCK_EX: wanted = EXCLUSIVE; break;
	case LOCK_UN: wanted = UNLOCK; break;
	default:
		errno = EINVAL;
		return -1;
	}
	return (operation & LOCK_NB ? try : wait_for)(fd, OF_HANDLE | wanted, 0, 0);
}

/* range turns what fcntl() is told into a start and a length from the file's beginning. */
static int range(int fd, const struct flock *lock, uint64_t *start, uint64_t *len)
{
	struct stat status;
	off_t from = 0, first, last;
	if (fstat(fd, &status) != 0) return -1;
	if (lock->l_whence == SEEK_CUR) from = lseek(fd, 0, SEEK_CUR);
	else if (lock->l_whence == SEEK_END) from = status.st_size;
	else if (lock->l_whence != SEEK_SET) from = -1;
	if (from < 0 || __builtin_add_overflow(from, lock->l_start, &first) || __builtin_add_overflow(first, lock->l_len, &last)) {
		errno = from < 0 ? EINVAL : EOVERFLOW;
		return -1;
	}
	/* A negative length is what lies before. */
	if (lock->l_len < 0) {
		off_t end = first;
		first = last;
		last = end;
	}
	if (first < 0 || first >> OFFSET_BITS != 0) {
		errno = first < 0 ? EINVAL : EOVERFLOW;
		return -1;
	}
	*start = (uint64_t)first;
	*len = last >> OFFSET_BITS != 0 ? 0 : (uint64_t)(last - first);
	return 0;
}

static int record_lock(int fd, int command, struct flock *lock)
{
	uint64_t start, len;
	unsigned wanted;
	if (fd == LOCK_DESCRIPTOR) {
		if (command == F_GETLK) lock->l_type = F_UNLCK;
		return 0;
	}
	switch (lock->l_type) {
	case F_RDLCK: wanted = SHARED; break;
	case F_WRLCK: wanted = EXCLUSIVE; break;
	case F_UNLCK: wanted = UNLOCK; break;
	default: wanted = 0;
	}
	if (wanted == 0 || (wanted == UNLOCK && command == F_GETLK)) {
		errno = EINVAL;
		return -1;
	}
	if (range(fd, lock, &start, &len) != 0) return -1;
	if (command == F_SETLK) return try(fd, OF_PROCESS | wanted, start, len);
	if (command == F_SETLKW) return wait_for(fd, OF_PROCESS | wanted, start, len);
	if (try(fd, TEST | wanted, start, len) == 0) {
		lock->l_type = F_UNLCK;
		return 0;
	}
	if (errno != EAGAIN) return -1;
	/* The host says that somebody holds it; not who, nor exactly where. */
	lock->l_type = wanted == EXCLUSIVE && try(fd, TEST | SHARED, start, len) == 0 ? F_RDLCK : F_WRLCK;
	lock->l_pid = -1;
	return 0;
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list arguments;
	va_start(arguments, command);
	int result;
	switch (command) {
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		result = record_lock(fd, command, va_arg(arguments, struct flock *));
		break;
	case F_GETFD:
		result = fd == LOCK_DESCRIPTOR ? FD_CLOEXEC : __real_fcntl(fd, command);
		break;
	case F_GETFL:
		result = __real_fcntl(fd, command);
		break;
	case F_SETFD:
		result = fd == LOCK_DESCRIPTOR ? 0 : __real_fcntl(fd, command, va_arg(arguments, int));
		break;
	default:
		result = __real_fcntl(fd, command, va_arg(arguments, int));
	}
	va_end(arguments);
	return result;
}

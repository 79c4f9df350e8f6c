/* File locks. WASI preview 1 has none, and an instance is one process with one
 * thread. POSIX record locks never conflict within a process, so inside one
 * instance granting each of them is exact, not a pretence: SQLite arbitrates
 * between its connections itself (its unix VFS shares lock state per inode) and
 * asks for record locks only against other processes. Between instances nothing
 * is locked: the host must let only one instance at a time work on a site. The
 * alternative for SQLite, lock files, would survive an instance that is killed
 * and leave its site's database locked for good. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

/* opcache wants a file only to lock it. This number stands for one, so that an
 * idle instance holds no descriptor (build/patches.sh sends its mkstemp here). */
#define LOCK_DESCRIPTOR 0x7ffffff0

int __real_fcntl(int fd, int command, ...);

int pressbox_lock_descriptor(char *path)
{
	return LOCK_DESCRIPTOR;
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list arguments;
	va_start(arguments, command);
	int result;
	switch (command) {
	case F_GETLK:
		va_arg(arguments, struct flock *)->l_type = F_UNLCK;
		result = 0;
		break;
	case F_SETLK:
	case F_SETLKW:
		result = 0;
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

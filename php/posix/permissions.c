/* Permissions and ownership. WASI preview 1 knows a file's type, size and
 * times, nothing else, and can change nothing else. PHP asks constantly, so
 * stat() answers with the modes that files get under the umask below, and
 * changing a mode succeeds without effect, as on a FAT file system. Whether a
 * file may really be written is access()'s to say: it asks the host. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>

#include "posix.h"

#define KNOWN_UMASK 022
#define BLOCK_SIZE 4096

static void complete(struct stat *status)
{
	mode_t mode = 0666;
	if (S_ISDIR(status->st_mode)) mode = 0777;
	status->st_mode |= mode & ~KNOWN_UMASK;
	if (S_ISLNK(status->st_mode)) status->st_mode |= 0777;
	if (status->st_blksize == 0) status->st_blksize = BLOCK_SIZE;
	if (status->st_blocks == 0) status->st_blocks = (status->st_size + 511) / 512;
	status->st_uid = PRESSBOX_UID;
	status->st_gid = PRESSBOX_GID;
}

int __real_stat(const char *restrict path, struct stat *restrict status);
int __real_lstat(const char *restrict path, struct stat *restrict status);
int __real_fstat(int fd, struct stat *status);
int __real_fstatat(int fd, const char *restrict path, struct stat *restrict status, int flags);

int __wrap_stat(const char *restrict path, struct stat *restrict status)
{
	int result = __real_stat(path, status);
	if (result == 0) complete(status);
	return result;
}

int __wrap_lstat(const char *restrict path, struct stat *restrict status)
{
	int result = __real_lstat(path, status);
	if (result == 0) complete(status);
	return result;
}

int __wrap_fstat(int fd, struct stat *status)
{
	int result = __real_fstat(fd, status);
	if (result == 0) complete(status);
	return result;
}

int __wrap_fstatat(int fd, const char *restrict path, struct stat *restrict status, int flags)
{
	int result = __real_fstatat(fd, path, status, flags);
	if (result == 0) complete(status);
	return result;
}

int __real_access(const char *path, int mode);

/* What may be run is what a mode says: of no file. A folder that is given for
 * reading only shows by what its descriptor may do; wasi-libc looks at the right
 * to write files, which it must have: without, a file would open for writing and
 * fail later. */
int __wrap_access(const char *path, int mode)
{
	const char *prefix;
	char relative[PATH_MAX], *rest = relative;
	__wasi_fdstat_t directory;
	if (__real_access(path, mode) != 0) return -1;
	if (mode & X_OK) {
		struct stat status;
		if (__real_stat(path, &status) != 0) return -1;
		if (!S_ISDIR(status.st_mode)) {
			errno = EACCES;
			return -1;
		}
	}
	if (!(mode & W_OK)) return 0;
	int fd = __wasilibc_find_relpath(path, &prefix, &rest, sizeof relative);
	if (fd < 0 || __wasi_fd_fdstat_get(fd, &directory) != 0) return 0;
	if (directory.fs_rights_base & __WASI_RIGHTS_PATH_CREATE_FILE) return 0;
	errno = EROFS;
	return -1;
}

/* A mode is accepted for what exists and forgotten: WASI has no chmod. */
int __wrap_chmod(const char *path, mode_t mode)
{
	struct stat status;
	return __real_stat(path, &status);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	struct stat status;
	return __real_fstat(fd, &status);
}

/* Giving a file to its owner succeeds; to anyone else is not permitted. */
static int may_own(uid_t uid, gid_t gid)
{
	if ((uid == (uid_t)-1 || uid == PRESSBOX_UID) && (gid == (gid_t)-1 || gid == PRESSBOX_GID)) return 0;
	errno = EPERM;
	return -1;
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	struct stat status;
	return __real_stat(path, &status) == 0 ? may_own(uid, gid) : -1;
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
	struct stat status;
	return __real_lstat(path, &status) == 0 ? may_own(uid, gid) : -1;
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	struct stat status;
	return __real_fstat(fd, &status) == 0 ? may_own(uid, gid) : -1;
}

/* The mask is remembered so that a program reads back what it set. */
mode_t umask(mode_t mask)
{
	static mode_t current = KNOWN_UMASK;
	mode_t previous = current;
	current = mask & 0777;
	return previous;
}

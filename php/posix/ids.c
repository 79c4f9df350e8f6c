/* Users and groups. WASI has neither, and its stat says nothing of owners.
 * WordPress compares getmyuid() with the owner of a file it just wrote to learn
 * whether it may write directly, so both must name the same user. That user is
 * an ordinary one: a guest has no privilege that its host did not give it. */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "posix.h"

static struct passwd owner = { "pressbox", "x", PRESSBOX_UID, PRESSBOX_GID, "", "/", "" };
static char *no_members[] = { NULL };
static struct group owners = { "pressbox", "x", PRESSBOX_GID, no_members };

uid_t getuid(void) { return PRESSBOX_UID; }
uid_t geteuid(void) { return PRESSBOX_UID; }
gid_t getgid(void) { return PRESSBOX_GID; }
gid_t getegid(void) { return PRESSBOX_GID; }
pid_t getppid(void) { return 0; }

/* Becoming oneself succeeds; becoming another is not permitted. */
int setuid(uid_t uid)
{
	if (uid == PRESSBOX_UID) return 0;
	errno = EPERM;
	return -1;
}

int setgid(gid_t gid)
{
	if (gid == PRESSBOX_GID) return 0;
	errno = EPERM;
	return -1;
}

int getgroups(int size, gid_t list[])
{
	if (size == 0) return 1;
	if (size < 0) {
		errno = EINVAL;
		return -1;
	}
	list[0] = PRESSBOX_GID;
	return 1;
}

int initgroups(const char *name, gid_t gid) { return setgid(gid); }

struct passwd *getpwuid(uid_t uid) { return uid == PRESSBOX_UID ? &owner : NULL; }
struct passwd *getpwnam(const char *name) { return strcmp(name, owner.pw_name) == 0 ? &owner : NULL; }
struct group *getgrgid(gid_t gid) { return gid == PRESSBOX_GID ? &owners : NULL; }
struct group *getgrnam(const char *name) { return strcmp(name, owners.gr_name) == 0 ? &owners : NULL; }

/* The entries are constant, so the caller's buffer stays unused. */
int getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t len, struct passwd **result)
{
	*result = getpwuid(uid) ? (*entry = owner, entry) : NULL;
	return 0;
}

int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t len, struct passwd **result)
{
	*result = getpwnam(name) ? (*entry = owner, entry) : NULL;
	return 0;
}

int getgrgid_r(gid_t gid, struct group *entry, char *buffer, size_t len, struct group **result)
{
	*result = getgrgid(gid) ? (*entry = owners, entry) : NULL;
	return 0;
}

int getgrnam_r(const char *name, struct group *entry, char *buffer, size_t len, struct group **result)
{
	*result = getgrnam(name) ? (*entry = owners, entry) : NULL;
	return 0;
}

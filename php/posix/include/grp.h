/* WASI has no group database: one entry (see ../ids.c). */
#ifndef PRESSBOX_GRP_H
#define PRESSBOX_GRP_H
#include <sys/types.h>
#include <stddef.h>

struct group {
	char *gr_name;
	char *gr_passwd;
	gid_t gr_gid;
	char **gr_mem;
};

struct group *getgrgid(gid_t gid);
struct group *getgrnam(const char *name);
int getgrgid_r(gid_t gid, struct group *entry, char *buffer, size_t len, struct group **result);
int getgrnam_r(const char *name, struct group *entry, char *buffer, size_t len, struct group **result);

int initgroups(const char *name, gid_t gid);

#endif

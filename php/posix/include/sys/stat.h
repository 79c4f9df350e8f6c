/* Permissions, which WASI preview 1 does not have (../permissions.c). */
#include_next <sys/stat.h>
#ifndef PRESSBOX_SYS_STAT_H
#define PRESSBOX_SYS_STAT_H

mode_t umask(mode_t mask);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);

#endif

/* What wasi-libc's <unistd.h> leaves out because WASI preview 1 cannot do it.
 * Each function is in ../, with the reason for what it returns. */
#include_next <unistd.h>
#ifndef PRESSBOX_UNISTD_H
#define PRESSBOX_UNISTD_H
#include <sys/types.h>

uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int setuid(uid_t uid);
int setgid(gid_t gid);
int getgroups(int size, gid_t list[]);
pid_t getppid(void);
pid_t setsid(void);
int chown(const char *path, uid_t uid, gid_t gid);
int lchown(const char *path, uid_t uid, gid_t gid);
int fchown(int fd, uid_t uid, gid_t gid);
int dup(int fd);
int dup2(int from, int to);
int pipe(int fds[2]);
pid_t fork(void);
int execv(const char *path, char *const argv[]);
unsigned alarm(unsigned seconds);
int nice(int increment);
int getdtablesize(void);
ssize_t getrandom(void *bytes, size_t len, unsigned flags);

#endif

/* Sockets: WASI preview 1 has no way to make one, so each call fails (../network.c). */
#include_next <sys/socket.h>
#ifndef PRESSBOX_SYS_SOCKET_H
#define PRESSBOX_SYS_SOCKET_H

#ifndef PF_UNIX
#define PF_UNIX AF_UNIX
#endif
#ifndef SOL_IP
#define SOL_IP 0
#endif
#ifndef SO_ERROR
#define SO_ERROR 4
#endif
#ifndef SO_REUSEADDR
#define SO_REUSEADDR 2
#endif
#ifndef SO_BROADCAST
#define SO_BROADCAST 6
#endif
#ifndef SO_KEEPALIVE
#define SO_KEEPALIVE 9
#endif
#ifndef SOMAXCONN
#define SOMAXCONN 128
#endif
#ifndef MSG_OOB
#define MSG_OOB 1
#endif
#ifndef MSG_DONTWAIT
#define MSG_DONTWAIT 0x40
#endif

int socket(int domain, int type, int protocol);
int socketpair(int domain, int type, int protocol, int fds[2]);
int bind(int fd, const struct sockaddr *address, socklen_t len);
int connect(int fd, const struct sockaddr *address, socklen_t len);
int listen(int fd, int backlog);
int getsockname(int fd, struct sockaddr *address, socklen_t *len);
int getpeername(int fd, struct sockaddr *address, socklen_t *len);
ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *address, socklen_t address_len);
ssize_t recvfrom(int fd, void *bytes, size_t len, int flags, struct sockaddr *address, socklen_t *address_len);
int setsockopt(int fd, int level, int name, const void *value, socklen_t len);

#endif

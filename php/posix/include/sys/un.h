/* Unix-domain addresses: wasi-libc's sockaddr_un has no path. No socket can be
 * made anyway (sys/socket.h), so the type only has to be complete. */
#ifndef PRESSBOX_SYS_UN_H
#define PRESSBOX_SYS_UN_H
#include <sys/socket.h>
#define sockaddr_un pressbox_sockaddr_un

struct pressbox_sockaddr_un {
	sa_family_t sun_family;
	char sun_path[108];
};

#endif

/* Sockets and names. WASI preview 1 can neither open a connection nor resolve
 * a name, so every attempt fails at once: nothing waits for a timeout. */

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int unsupported(void)
{
	errno = EAFNOSUPPORT;
	return -1;
}

static int no_socket(void)
{
	errno = ENOTSOCK;
	return -1;
}

int socket(int domain, int type, int protocol) { return unsupported(); }
int socketpair(int domain, int type, int protocol, int fds[2]) { return unsupported(); }

/* No descriptor is a socket. */
int bind(int fd, const struct sockaddr *address, socklen_t len) { return no_socket(); }
int connect(int fd, const struct sockaddr *address, socklen_t len) { return no_socket(); }
int listen(int fd, int backlog) { return no_socket(); }
int getsockname(int fd, struct sockaddr *address, socklen_t *len) { return no_socket(); }
int getpeername(int fd, struct sockaddr *address, socklen_t *len) { return no_socket(); }
int setsockopt(int fd, int level, int name, const void *value, socklen_t len) { return no_socket(); }

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *address, socklen_t address_len)
{
	return no_socket();
}

ssize_t recvfrom(int fd, void *bytes, size_t len, int flags, struct sockaddr *address, socklen_t *address_len)
{
	return no_socket();
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	*result = NULL;
	return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *list) {}

const char *gai_strerror(int code)
{
	return "this PHP runs in WebAssembly and has no network";
}

int getnameinfo(const struct sockaddr *address, socklen_t len, char *host, socklen_t host_len,
	char *service, socklen_t service_len, int flags)
{
	return EAI_FAIL;
}

struct hostent *gethostbyname(const char *name) { return NULL; }
struct hostent *gethostbyaddr(const void *address, socklen_t len, int type) { return NULL; }
const char *hstrerror(int code) { return gai_strerror(EAI_FAIL); }

/* There are no /etc/services and /etc/protocols to look in. */
struct servent *getservbyname(const char *name, const char *protocol) { return NULL; }
struct servent *getservbyport(int port, const char *protocol) { return NULL; }
struct protoent *getprotobyname(const char *name) { return NULL; }
struct protoent *getprotobynumber(int number) { return NULL; }

in_addr_t inet_addr(const char *text)
{
	struct in_addr address;
	return inet_pton(AF_INET, text, &address) == 1 ? address.s_addr : (in_addr_t)-1;
}

/* Every host calls itself something; a name nobody can reach is enough. */
int gethostname(char *name, size_t len)
{
	if (len < sizeof "localhost") {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, "localhost", sizeof "localhost");
	return 0;
}

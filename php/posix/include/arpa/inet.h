/* inet_addr(): wasi-libc leaves it out (../../network.c). */
#include_next <arpa/inet.h>
#ifndef PRESSBOX_ARPA_INET_H
#define PRESSBOX_ARPA_INET_H

in_addr_t inet_addr(const char *text);

#endif

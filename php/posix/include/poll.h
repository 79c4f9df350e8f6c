/* Urgent data, which only sockets have: no bit that the library reports. */
#include_next <poll.h>
#ifndef PRESSBOX_POLL_H
#define PRESSBOX_POLL_H

#ifndef POLLPRI
#define POLLPRI 0
#endif

#endif

/* WASI preview 1 has no network interfaces: no name has an index. */
#ifndef PRESSBOX_NET_IF_H
#define PRESSBOX_NET_IF_H

#define IF_NAMESIZE 16
static inline unsigned if_nametoindex(const char *name) { (void)name; return 0; }

#endif

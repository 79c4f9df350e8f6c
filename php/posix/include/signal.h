/* kill(): there is no other process to send a signal to (../process.c). */
#include_next <signal.h>
#ifndef PRESSBOX_SIGNAL_H
#define PRESSBOX_SIGNAL_H
#include <sys/types.h>

int kill(pid_t pid, int signal);

#endif

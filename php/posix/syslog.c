/* The system log is descriptor 2: WASI has no other place for diagnostics. */

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

void openlog(const char *ident, int options, int facility) {}
void closelog(void) {}
int setlogmask(int mask) { return 0xff; }

void syslog(int priority, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vdprintf(2, format, arguments);
	va_end(arguments);
	write(2, "\n", 1);
}

/* What opcache takes for a file's time of change (build/sources.sh), and compares
 * with what it was when it kept the script: the second, and above it what else
 * tells two versions apart. So an edit counts at the next request even within one
 * second, with its time set back, and, if the size differs, under a host's fixed
 * clock. A negative number is older than any time it is compared with. */

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND_BITS 33

time_t pressbox_file_version(const struct stat *status)
{
	const uint64_t parts[] = {
		(uint64_t)status->st_mtim.tv_nsec, (uint64_t)status->st_ctim.tv_sec, (uint64_t)status->st_ctim.tv_nsec,
		(uint64_t)status->st_size, (uint64_t)status->st_ino,
	};
	uint64_t rest = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		rest = (rest ^ rest >> 32 ^ parts[i]) * 0x9e3779b97f4a7c15u;
	}
	uint64_t second = (uint64_t)status->st_mtim.tv_sec & (((uint64_t)1 << SECOND_BITS) - 1);
	return (time_t)((uint64_t)1 << 63 | rest >> (SECOND_BITS + 1) << SECOND_BITS | second);
}

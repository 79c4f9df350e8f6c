/* What opcache takes for a file's time of change (build/sources.sh), and compares
 * with what it was when it kept the script: the second, and above it what else
 * tells two versions apart, so that an edit counts at the next request even
 * within one second and under a host's fixed clock. Bits that are negative
 * together keep the whole older than any time it is compared with. */

#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND_BITS 33

time_t pressbox_file_version(const struct stat *status)
{
	uint64_t rest = (uint64_t)status->st_mtim.tv_nsec;
	rest = (rest ^ (uint64_t)status->st_size) * 0x9e3779b97f4a7c15u;
	rest = (rest ^ rest >> 32 ^ (uint64_t)status->st_ino) * 0x9e3779b97f4a7c15u;
	uint64_t second = (uint64_t)status->st_mtim.tv_sec & (((uint64_t)1 << SECOND_BITS) - 1);
	return (time_t)((uint64_t)1 << 63 | rest >> (SECOND_BITS + 1) << SECOND_BITS | second);
}

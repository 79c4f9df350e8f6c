/* Anonymous memory: mmap(), munmap() and sbrk() share WebAssembly's one linear
 * memory, which only grows.
 *
 *     0        __heap_base                                       memory.size
 *     | stack, data | malloc's first part | blocks of 64 KiB, one bit each ... |
 *
 * PHP takes its memory in chunks of 2 MiB that must lie on multiples of 2 MiB.
 * Over malloc (aligned_alloc, or wasi-libc's mmap) nearly every such chunk costs
 * another one in gaps. Here a block is either used or free, gaps are blocks like
 * any other, and malloc, which asks sbrk() for its memory, fills them. Freed
 * blocks are given out again before memory grows. */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE 65536u
#define BLOCKS 65536u
#define CHUNK_SIZE (2u << 20)
#define CHUNK_BLOCKS (CHUNK_SIZE / BLOCK_SIZE)

/* One bit for each block of the 4 GiB that can be addressed. */
static uint32_t available[BLOCKS / 32];
/* Blocks that may hold something else than zeros. */
static uint32_t dirty[BLOCKS / 32];
/* All available blocks are in [lowest, end); end is the memory's end as last seen here. */
static uint32_t lowest = BLOCKS, end;
/* The end of what sbrk() gave out last, which malloc likes to extend. */
static uint32_t heap_end;

static bool get(const uint32_t *bits, uint32_t block)
{
	return bits[block / 32] >> (block % 32) & 1;
}

static void set(uint32_t *bits, uint32_t first, uint32_t count, bool value)
{
	for (uint32_t block = first; block < first + count; block++) {
		if (value) bits[block / 32] |= 1u << (block % 32);
		else bits[block / 32] &= ~(1u << (block % 32));
	}
}

static bool all_available(uint32_t first, uint32_t count)
{
	if (first + count > end || first + count < first) return false;
	for (uint32_t block = first; block < first + count; block++) {
		if (!get(available, block)) return false;
	}
	return true;
}

/* grow makes memory reach up to block number `to`; the new blocks are available and zero. */
static bool grow(uint32_t to)
{
	uint32_t size = __builtin_wasm_memory_size(0);
	if (to > BLOCKS) return false;
	if (to > size) {
		if (__builtin_wasm_memory_grow(0, to - size) == (size_t)-1) return false;
		set(available, size, to - size, true);
		if (size < lowest) lowest = size;
	}
	end = __builtin_wasm_memory_size(0);
	return true;
}

/* take finds `count` blocks in a row that start on a multiple of `align` blocks,
 * at the end of memory if nowhere before it. It returns 0 when memory is out. */
static uint32_t take(uint32_t count, uint32_t align)
{
	uint32_t first;
	if (end == 0) end = __builtin_wasm_memory_size(0);
	if (lowest > end) lowest = end;
	while (lowest < end && !get(available, lowest)) lowest++;
	for (first = (lowest + align - 1) / align * align; first < end; first += align) {
		uint32_t run = 0;
		while (run < count && first + run < end && get(available, first + run)) run++;
		if (run == count) goto found;
		/* A run that reaches the end of memory can be made longer. */
		if (first + run == end) break;
	}
	if (count > BLOCKS || !grow(first + count)) return 0;
found:
	set(available, first, count, false);
	return first;
}

void *mmap(void *address, size_t len, int protection, int flags, int fd, off_t offset)
{
	uint32_t count = (uint32_t)((len + (size_t)BLOCK_SIZE - 1) / BLOCK_SIZE);
	uint32_t first = 0;
	bool anonymous = (flags & MAP_ANONYMOUS) != 0;

	if (len == 0 || len > (size_t)-1 - BLOCK_SIZE || (uintptr_t)address % BLOCK_SIZE != 0 || (protection & PROT_EXEC)) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	/* A file can be mapped as a private copy; sharing changes with it is not possible. */
	if (!anonymous && (flags & MAP_SHARED) && (protection & PROT_WRITE)) {
		errno = ENODEV;
		return MAP_FAILED;
	}
	if (address != NULL) {
		/* Zend extends a large block in place if the memory behind it is free. */
		uint32_t wanted = (uint32_t)((uintptr_t)address / BLOCK_SIZE);
		if (wanted == end) grow(end + count);
		if (all_available(wanted, count)) {
			set(available, wanted, count, false);
			first = wanted;
		} else if (flags & MAP_FIXED) {
			errno = ENOMEM;
			return MAP_FAILED;
		}
	}
	if (first == 0) first = take(count, len % CHUNK_SIZE == 0 ? CHUNK_BLOCKS : 1);
	if (first == 0) {
		errno = ENOMEM;
		return MAP_FAILED;
	}

	char *start = (char *)((uintptr_t)first * BLOCK_SIZE);
	for (uint32_t block = first; block < first + count; block++) {
		if (get(dirty, block)) memset((char *)((uintptr_t)block * BLOCK_SIZE), 0, BLOCK_SIZE);
	}
	set(dirty, first, count, true);
	if (!anonymous) {
		size_t done = 0;
		while (done < len) {
			ssize_t n = pread(fd, start + done, len - done, offset + (off_t)done);
			if (n < 0) {
				int error = errno;
				munmap(start, len);
				errno = error;
				return MAP_FAILED;
			}
			if (n == 0) break;
			done += (size_t)n;
		}
	}
	return start;
}

int munmap(void *address, size_t len)
{
	if ((uintptr_t)address % BLOCK_SIZE != 0 || len == 0) {
		errno = EINVAL;
		return -1;
	}
	uint32_t first = (uint32_t)((uintptr_t)address / BLOCK_SIZE);
	uint32_t count = (uint32_t)((len + BLOCK_SIZE - 1) / BLOCK_SIZE);
	set(available, first, count, true);
	if (first < lowest) lowest = first;
	return 0;
}

/* Protection cannot change in linear memory; asking for what is there succeeds. */
int mprotect(void *address, size_t len, int protection)
{
	if (protection == (PROT_READ | PROT_WRITE)) return 0;
	errno = ENOTSUP;
	return -1;
}

/* Advice may be ignored. */
int madvise(void *address, size_t len, int advice)
{
	return 0;
}

/* sbrk feeds malloc. Contrary to the usual one it may skip blocks that are in
 * use. malloc can cope with that, but only after a call has failed: before, it
 * takes two calls in a row for one piece (wasi-libc's dlmalloc, sys_alloc). So
 * the first time that blocks would have to be skipped, this fails. */
void *sbrk(intptr_t increment)
{
	static bool has_failed;
	if (heap_end == 0) heap_end = end = __builtin_wasm_memory_size(0);
	if (increment == 0) return (void *)((uintptr_t)heap_end * BLOCK_SIZE);
	if (increment > 0 && increment % BLOCK_SIZE == 0) {
		uint32_t count = (uint32_t)((size_t)increment / BLOCK_SIZE);
		uint32_t first = heap_end;
		if (first == end) grow(end + count);
		if (all_available(first, count)) set(available, first, count, false);
		else first = has_failed ? take(count, 1) : 0;
		if (first != 0) {
			set(dirty, first, count, true);
			heap_end = first + count;
			return (void *)((uintptr_t)first * BLOCK_SIZE);
		}
	}
	has_failed = true;
	errno = ENOMEM;
	return (void *)-1;
}

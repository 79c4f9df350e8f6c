/* fileinfo's database, which is a tenth of its size in this module (see
 * build/magic.mjs) and is unpacked when somebody asks for a file's type. */

#include <stddef.h>
#include <string.h>

#include "magic.h"

static const unsigned char packed[] = {
#embed <magic.packed>
};

void pressbox_unpack_magic(unsigned char *database)
{
	const unsigned char *end = packed + sizeof packed;
	for (const unsigned char *in = packed; in < end; in++) {
		if (*in != 0) {
			*database++ = *in;
		} else {
			size_t zeros = *++in;
			memset(database, 0, zeros);
			database += zeros;
		}
	}
}

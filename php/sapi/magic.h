/* fileinfo's database. ext/fileinfo includes this in place of its own data file
 * (build/sources.sh). */

#ifndef PRESSBOX_MAGIC_H
#define PRESSBOX_MAGIC_H

/* Writes PRESSBOX_MAGIC_SIZE bytes, which the build knows. */
void pressbox_unpack_magic(unsigned char *database);

#endif

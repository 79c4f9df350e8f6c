# The sources, unpacked, and the few changes to them.

# fetched PACKAGE prints the directory of the version that was fetched.
fetched() {
  local version
  version=$(awk -v package="$1" '$1 == package { print $2 }' "$cache/downloads/versions")
  package_directory "$1" "$version"
}

unpack() {
  rm -rf "$work/src" "$work/sysroot"
  mkdir -p "$work/src" "$work/sysroot"
  dpkg-deb -x "$(fetched wasi-libc)"/*.deb "$work/sysroot"
  unpack_source php8.4 php
  unpack_source sqlite3 sqlite
  unpack_source libxml2 libxml2
  unpack_source zlib zlib
  unpack_source libpng1.6 libpng
  unpack_source libjpeg-turbo libjpeg
  unpack_source libwebp libwebp
  unpack_source libzip libzip
  unpack_source libonig oniguruma
  unpack_source libsodium libsodium
  # make must not believe that Debian's patches made the ready parsers old.
  find "$work/src/php" -type f -exec touch -d "@$(source_date)" {} +
  patch_php
}

# unpack_source PACKAGE NAME unpacks into src/NAME, with Debian's patches.
unpack_source() {
  dpkg-source --no-check --no-copy -x "$(fetched "$1")"/*.dsc "$work/src/$2"
}

# source_date prints when Debian made this PHP: the date of all that is built from it.
source_date() {
  dpkg-parsechangelog -l "$work/src/php/debian/changelog" -S Timestamp
}

# edit FILE EXPRESSION applies a sed expression that must change something.
edit() {
  local file=$work/$1
  cp "$file" "$file.orig"
  sed -i "$2" "$file"
  if cmp -s "$file" "$file.orig"; then
    explain "a change to $1 no longer fits the version that was fetched"
    return 1
  fi
  rm "$file.orig"
}

patch_php() {
  # PHP reads /dev/urandom where it knows no getrandom(); the name of another
  # system that has one is in the condition, ours goes in its place.
  edit src/php/ext/random/csprng.c 's/defined(__midipix__)/defined(__wasi__)/'

  # WebAssembly cannot switch stacks: say so when a Fiber is made, not by a crash.
  edit src/php/Zend/zend_fibers.c '/^ZEND_METHOD(Fiber, __construct)/,/^}/ s/^\tfiber->fci = fci;/\tzend_throw_error(NULL, "Fibers are not available: WebAssembly cannot switch stacks");\n\tRETURN_THROWS();\n&/'

  # PHP asks the system for the bounds of its stack, to stop endless recursion
  # with an error before it overflows (posix/stack.c).
  edit src/php/Zend/zend_call_stack.c '/^ZEND_API bool zend_call_stack_get(/,/^}/ s/^{/{\n\textern void pressbox_stack_bounds(void **base, size_t *size);\n\tpressbox_stack_bounds(\&stack->base, \&stack->max_size);\n\treturn true;/'

  # opcache takes a file for unchanged that has the same second of change, and on
  # other systems waits two seconds before it keeps one. Here it looks at more
  # (sapi/version.c), and shows the second alone.
  edit src/php/ext/opcache/ZendAccelerator.c 's/^\treturn statbuf.st_mtime;/\textern accel_time_t pressbox_file_version(const zend_stat_t *status);\n\treturn pressbox_file_version(\&statbuf);/'
  edit src/php/ext/opcache/zend_accelerator_module.c 's/(zend_long)script->timestamp/(zend_long)(script->timestamp \& 0x1ffffffff)/'

  # PHP ends scripts that run too long by a timer's signal, which WASI does not
  # have: it counts its jumps and calls instead (sapi/deadline.c).
  edit src/php/Zend/zend_execute.c '/^#define ZEND_VM_INTERRUPT_CHECK()/i extern int pressbox_ticks;\nvoid pressbox_tick(void);\n
    s/^#define ZEND_VM_\(LOOP_\|\)INTERRUPT_CHECK() do { .*/&\n\t\tif (UNEXPECTED(--pressbox_ticks < 0)) pressbox_tick(); \\/
    s/^#define ZEND_VM_FCALL_INTERRUPT_CHECK(call) do { .*/&\n\t\tif (UNEXPECTED((pressbox_ticks -= 10) < 0)) pressbox_tick(); \\/'
  edit src/php/Zend/zend_execute_API.c 's/^static void zend_set_timeout_ex(.*;$/&\nvoid pressbox_set_deadline(zend_long seconds);/
    /^static void zend_set_timeout_ex(.*[^;]$/,/^}/ s/^{/{\n\tpressbox_set_deadline(seconds);/
    /^void zend_unset_timeout(void)/,/^}/ s/^{/{\n\tpressbox_set_deadline(0);/'

  # Where integers are taken to have 32 bits because pointers do. They have 64.
  edit src/php/ext/date/lib/timelib.h 's/^#if (defined(__x86_64__)/#if (defined(__wasm__)/'
  edit src/php/ext/filter/logical_filters.c 's/SIZEOF_LONG == 4/SIZEOF_ZEND_LONG == 4/'

  # A descriptor cannot be copied. Whoever closes the stream here closes both at
  # once, and closing a second time fails and does no harm.
  edit src/php/ext/zlib/zlib_fopen_wrapper.c 's/dup(fd)/fd/'

  # fileinfo's database would be the largest part of the module: it is packed, and
  # unpacked for each finfo object (sapi/magic.c).
  edit src/php/ext/fileinfo/libmagic/apprentice.c 's|^#include "../data_file.c"|#include "sapi/magic.h"|
    s/if (map->p != php_magic_database) {/{/
    s/map->p = (void \*)&php_magic_database;/pressbox_unpack_magic(map->p = emalloc(PRESSBOX_MAGIC_SIZE));/
    s/needsbyteswap && fn == NULL/false/
    /map->p = .*php_magic_database/d'
  pack_magic
}

pack_magic() {
  local directory=$work/magic
  mkdir -p "$directory"
  clang-19 -DZEND_NONSTRING= -w -c "$work/src/php/ext/fileinfo/data_file.c" -o "$directory/database.o"
  llvm-objcopy-19 -O binary -j .rodata "$directory/database.o" "$directory/database"
  node "$php/build/magic.mjs" "$directory/database" "$directory/magic.packed"
  rm "$directory/database.o"
}

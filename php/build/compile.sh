# PHP as objects.
#
# PHP's bailouts (fatal errors, timeouts) are longjmp: clang turns it into
# WebAssembly exceptions, in an older encoding that link.sh translates.

sysroot() { echo "$work/sysroot/usr"; }

# compiler prints clang with what all C is compiled with. No path may leave a
# trace, and __DATE__ is the sources' date.
compiler() {
  echo "clang-19 --target=wasm32-wasi --sysroot=$(sysroot)" \
    "-O2 -g0 -fno-common -fvisibility=hidden -ffp-contract=off" \
    "-mllvm -wasm-enable-sjlj -mexception-handling" \
    "-ffile-prefix-map=$work=. -ffile-prefix-map=$php=./pressbox" \
    "-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID" \
    "-isystem $php/posix/include"
}

# Not compiler(): PHP's integers have 64 bits here as on other machines, not the
# 32 of wasm32's long: timestamps after 2038, sizes over 2 GiB, SQLite's row ids.
php_compiler() {
  echo "$(compiler) -w -DZEND_ENABLE_ZVAL_LONG64=1 -I$php -DPRESSBOX_MAGIC_SIZE=$(stat -c %s "$work/magic/database")"
}

php_includes() {
  local directory
  for directory in main . Zend TSRM ext/date/lib; do
    printf -- '-I%s ' "$work/php/$directory" "$work/src/php/$directory"
  done
  echo "-D_GNU_SOURCE -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1"
}

# compile_all DIRECTORY SOURCES -- FLAGS compiles each source into DIRECTORY. Objects are
# named by the path: some libraries have many files of one name.
compile_all() {
  local directory=$1 sources=()
  shift
  while [ "$1" != -- ]; do sources+=("$1"); shift; done
  shift
  mkdir -p "$directory"
  printf '%s\0' "${sources[@]}" | FLAGS="$*" DIRECTORY=$directory OURS=$php/ WORK=$work/ xargs -0 -n 1 -P "$(nproc)" \
    bash -c 'name=${0#"$WORK"}; name=${name#"$OURS"}; name=${name//\//-}; $FLAGS -c "$0" -o "$DIRECTORY/${name%.c}.o"'
}

configure_and_libraries() {
  local libraries
  export SOURCE_DATE_EPOCH
  SOURCE_DATE_EPOCH=$(source_date)
  # configure and PHP look for the libraries' headers before they are compiled.
  prepare_libraries
  compile_libraries &
  libraries=$!
  configure_php
  wait $libraries
}

configure_php() {
  rm -rf "$work/php"
  mkdir -p "$work/php"
  cd "$work/php"
  cp "$php/build/configure.cache" config.cache
  CC=$(compiler) CPP="$(compiler) -E" CPPFLAGS='' PKG_CONFIG=false \
    AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19 \
    LIBXML_CFLAGS=-I$work/include LIBXML_LIBS=-lxml2 SQLITE_CFLAGS=-I$work/include SQLITE_LIBS=-lsqlite3 \
    ZLIB_CFLAGS=-I$work/include ZLIB_LIBS=-lz PNG_CFLAGS=-I$work/include PNG_LIBS=-lpng \
    JPEG_CFLAGS=-I$work/include JPEG_LIBS=-ljpeg WEBP_CFLAGS=-I$work/include WEBP_LIBS=-lwebp \
    LIBZIP_CFLAGS=-I$work/include LIBZIP_LIBS=-lzip ONIG_CFLAGS=-I$work/include ONIG_LIBS=-lonig \
    LIBSODIUM_CFLAGS=-I$work/include LIBSODIUM_LIBS=-lsodium \
    "$work/src/php/configure" --host=wasm32-wasi --cache-file=config.cache --prefix=/usr --sysconfdir=/etc/php \
    --with-config-file-path=/etc/php \
    --disable-all --disable-cgi --disable-cli --disable-phpdbg --enable-embed=static \
    --disable-fiber-asm --disable-zend-signals --without-pcre-jit --disable-opcache --disable-rpath --disable-ipv6 \
    --enable-bcmath --enable-calendar --enable-ctype --enable-dom --enable-exif --enable-fileinfo \
    --enable-filter --enable-gd --with-jpeg --with-webp --with-iconv --with-libxml --enable-mbstring \
    --enable-pdo --with-pdo-sqlite --with-sqlite3 --enable-session --enable-simplexml --with-sodium --enable-tokenizer \
    --enable-xml --enable-xmlreader --enable-xmlwriter --with-zip --with-zlib
  # What configure takes from the machine it runs on, and what it does not ask for
  # another one.
  sed -i -e 's|^/\* #undef HAVE_FNMATCH \*/|#define HAVE_FNMATCH 1|' \
    -e 's/^#define PHP_OS .*/#define PHP_OS "WASI"/' -e 's/^#define PHP_UNAME .*/#define PHP_UNAME "WASI"/' \
    -e 's/^#define PHP_BUILD_SYSTEM .*/#define PHP_BUILD_SYSTEM "WASI"/' main/php_config.h
  sed -i -e 's|^#define CONFIGURE_COMMAND.*|#define CONFIGURE_COMMAND "php/build.sh"|' main/build-defs.h
}

compile_php() {
  export SOURCE_DATE_EPOCH
  SOURCE_DATE_EPOCH=$(source_date)
  cd "$work/php"
  # PHP's own rules and flags for each file, with a compiler in place of libtool,
  # and without the SAPIs.
  cat >Makefile.objects <<'END'
include Makefile
objects: $(PHP_GLOBAL_OBJS) main/internal_functions.lo
END
  make -j"$(nproc)" -f Makefile.objects LIBTOOL="$php/build/libtool.sh" CC="$(php_compiler)" CFLAGS_CLEAN= objects
  compile_opcache
}

# opcache, which PHP 8.4 builds as a shared object only, as static objects: under
# another name for the entry that every Zend extension has, and with a lock that
# needs no file (posix/locks.c). boot.c registers it.
compile_opcache() {
  local name sources=()
  for name in shared_alloc_mmap shared_alloc_posix shared_alloc_shm zend_accelerator_blacklist \
    zend_accelerator_debug zend_accelerator_hash zend_accelerator_module zend_accelerator_util_funcs \
    zend_file_cache zend_persist_calc zend_persist zend_shared_alloc ZendAccelerator; do
    sources+=("$work/src/php/ext/opcache/$name.c")
  done
  compile_all "$work/objects/opcache" "${sources[@]}" -- \
    "$(php_compiler) $(php_includes) -I$work/src/php/ext/opcache -DHAVE_SHM_MMAP_ANON=1" \
    "-Dzend_extension_entry=opcache_extension_entry -Dmkstemp=pressbox_lock_descriptor"
}

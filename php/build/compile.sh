# PHP and its libraries as objects.
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
  echo "$(compiler) -w -DZEND_ENABLE_ZVAL_LONG64=1"
}

php_includes() {
  local directory
  for directory in main . Zend TSRM ext/date/lib; do
    printf -- '-I%s ' "$work/php/$directory" "$work/src/php/$directory"
  done
  echo "-D_GNU_SOURCE -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1"
}

# compile_all DIRECTORY SOURCES -- FLAGS compiles each source into DIRECTORY.
compile_all() {
  local directory=$1 sources=()
  shift
  while [ "$1" != -- ]; do sources+=("$1"); shift; done
  shift
  mkdir -p "$directory"
  printf '%s\0' "${sources[@]}" | FLAGS="$*" DIRECTORY=$directory xargs -0 -n 1 -P "$(nproc)" \
    bash -c '$FLAGS -c "$0" -o "$DIRECTORY/$(basename "$0" .c).o"'
}

configure_and_libraries() {
  local libraries
  export SOURCE_DATE_EPOCH
  SOURCE_DATE_EPOCH=$(source_date)
  prepare_headers
  (compile_zlib && compile_libxml2 && compile_sqlite) &
  libraries=$!
  configure_php
  wait $libraries
}

# configure and PHP look for the libraries' headers before they are compiled.
prepare_headers() {
  local on feature expressions=()
  mkdir -p "$work/include/libxml" "$work/libxml2"
  cp "$work/src/zlib/zlib.h" "$work/src/zlib/zconf.h" "$work/include"
  cp "$work/src/libxml2/include/libxml"/*.h "$work/include/libxml"
  cp "$php/build/libxml2.h" "$work/libxml2/config.h"

  # libxml2's configure is not run: its answers for WASI are in build/libxml2.h,
  # and its features are chosen here. HTTP, FTP, threads and modules stay off.
  on="TREE OUTPUT PUSH READER PATTERN WRITER SAX1 VALID HTML C14N XPATH XPTR XINCLUDE ICONV ISO8859X REGEXPS SCHEMAS"
  for feature in $on; do expressions+=(-e "s/@WITH_$feature@/1/"); done
  sed "${expressions[@]}" -e 's/@WITH_[A-Z0-9_]*@/0/' -e "s/@VERSION@/$(libxml2_version)/" \
    -e "s/@LIBXML_VERSION_NUMBER@/$(libxml2_version | awk -F. '{ print $1 * 10000 + $2 * 100 + $3 }')/" \
    -e 's/@[A-Z_]*@//' "$work/src/libxml2/include/libxml/xmlversion.h.in" >"$work/include/libxml/xmlversion.h"

  # SQLite's sources become one file, made with programs of its own.
  mkdir -p "$work/sqlite"
  (
    cd "$work/sqlite"
    printf '%s\n' "TOP=$work/src/sqlite" 'BCC=clang-19 -O1' TCLSH_CMD=tclsh NAWK=awk BEXE= EXE= \
      "include $work/src/sqlite/main.mk" >Makefile
    make sqlite3.c
  )
  cp "$work/sqlite/sqlite3.h" "$work/include"
  # It takes fchmod() for missing on WASI, and calls it all the same where a new
  # file's mode is not the one it asked for.
  edit sqlite/sqlite3.c 's/^# undef HAVE_FCHMOD$/# define HAVE_FCHMOD 1/'
}

libxml2_version() {
  sed -n 's/^LIBXML_\(MAJOR\|MINOR\|MICRO\)_VERSION=\([0-9]*\)$/\2/p' "$work/src/libxml2/configure" | paste -sd.
}

compile_zlib() {
  compile_all "$work/objects/zlib" "$work"/src/zlib/*.c -- "$(compiler) -w -DHAVE_UNISTD_H"
}

compile_libxml2() {
  local name sources=()
  for name in SAX SAX2 HTMLparser HTMLtree buf c14n chvalid dict encoding entities error globals hash list parser \
    parserInternals pattern relaxng threads tree uri valid xinclude xlink xmlIO xmlmemory xmlreader xmlregexp \
    xmlsave xmlschemas xmlschemastypes xmlstring xmlunicode xmlwriter xpath xpointer; do
    sources+=("$work/src/libxml2/$name.c")
  done
  compile_all "$work/objects/libxml2" "${sources[@]}" -- \
    "$(compiler) -w -DHAVE_CONFIG_H -I$work/libxml2 -I$work/include -I$work/src/libxml2"
}

# SQLite's unix VFS, not the lock files that it would choose on WASI: see posix/locks.c.
compile_sqlite() {
  compile_all "$work/objects/sqlite" "$work/sqlite/sqlite3.c" -- \
    "$(compiler) -w -DSQLITE_DEFAULT_UNIX_VFS=\"unix\" -DSQLITE_THREADSAFE=0 -DSQLITE_USE_URI=1" \
    "-DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5" \
    "-DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_MATH_FUNCTIONS -DHAVE_USLEEP=1 -DHAVE_LOCALTIME_R=1 -DHAVE_GMTIME_R=1"
}

configure_php() {
  rm -rf "$work/php"
  mkdir -p "$work/php"
  cd "$work/php"
  cp "$php/build/configure.cache" config.cache
  CC=$(compiler) CPP="$(compiler) -E" CPPFLAGS='' PKG_CONFIG=false \
    AR=llvm-ar-19 RANLIB=llvm-ranlib-19 NM=llvm-nm-19 \
    LIBXML_CFLAGS=-I$work/include LIBXML_LIBS=-lxml2 SQLITE_CFLAGS=-I$work/include SQLITE_LIBS=-lsqlite3 \
    ZLIB_CFLAGS=-I$work/include ZLIB_LIBS=-lz \
    "$work/src/php/configure" --host=wasm32-wasi --cache-file=config.cache --prefix=/usr --sysconfdir=/etc/php \
    --with-config-file-path=/etc/php \
    --disable-all --disable-cgi --disable-cli --disable-phpdbg --enable-embed=static \
    --disable-fiber-asm --disable-zend-signals --without-pcre-jit --disable-opcache --disable-rpath --disable-ipv6 \
    --enable-bcmath --enable-calendar --enable-ctype --enable-dom --enable-exif --enable-filter --with-iconv \
    --with-libxml --enable-mbstring --disable-mbregex \
    --enable-pdo --with-pdo-sqlite --with-sqlite3 --enable-session --enable-simplexml --enable-tokenizer \
    --enable-xml --enable-xmlreader --enable-xmlwriter --with-zlib
  # What configure takes from the machine it runs on.
  sed -i -e 's/^#define PHP_OS .*/#define PHP_OS "WASI"/' -e 's/^#define PHP_UNAME .*/#define PHP_UNAME "WASI"/' \
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

# The C libraries that PHP's extensions are made with, from Debian's source packages.
#
# None of their configure scripts is run: what they would find on WASI is known,
# and stands here or in a header beside this file. Each library has two
# functions: its headers, which PHP's configure wants first, and its objects.

prepare_libraries() {
  mkdir -p "$work/include/libxml" "$work/include/webp" "$work/include/sodium" "$work/headers"
  prepare_zlib
  prepare_libxml2
  prepare_sqlite
  prepare_libpng
  prepare_libjpeg
  prepare_libwebp
  prepare_libzip
  prepare_oniguruma
  prepare_libsodium
}

compile_libraries() {
  # SQLite is one file, so it leaves a processor to the others.
  compile_sqlite &
  local sqlite=$!
  compile_zlib
  compile_libxml2
  compile_libpng
  compile_libjpeg
  compile_libwebp
  compile_libzip
  compile_oniguruma
  compile_libsodium
  wait $sqlite
}

# library_compiler prints the compiler for other people's code: warnings are theirs.
library_compiler() {
  echo "$(compiler) -w -I$work/include"
}

prepare_zlib() {
  cp "$work/src/zlib/zlib.h" "$work/src/zlib/zconf.h" "$work/include"
}

compile_zlib() {
  compile_all "$work/objects/zlib" "$work"/src/zlib/*.c -- "$(library_compiler) -DHAVE_UNISTD_H"
}

# HTTP, FTP, threads and modules stay off.
prepare_libxml2() {
  local on feature expressions=()
  mkdir -p "$work/headers/libxml2"
  cp "$work/src/libxml2/include/libxml"/*.h "$work/include/libxml"
  cp "$php/build/libxml2.h" "$work/headers/libxml2/config.h"
  on="TREE OUTPUT PUSH READER PATTERN WRITER SAX1 VALID HTML C14N XPATH XPTR XINCLUDE ICONV ISO8859X REGEXPS SCHEMAS"
  for feature in $on; do expressions+=(-e "s/@WITH_$feature@/1/"); done
  sed "${expressions[@]}" -e 's/@WITH_[A-Z0-9_]*@/0/' -e "s/@VERSION@/$(libxml2_version)/" \
    -e "s/@LIBXML_VERSION_NUMBER@/$(libxml2_version | awk -F. '{ print $1 * 10000 + $2 * 100 + $3 }')/" \
    -e 's/@[A-Z_]*@//' "$work/src/libxml2/include/libxml/xmlversion.h.in" >"$work/include/libxml/xmlversion.h"
}

libxml2_version() {
  sed -n 's/^LIBXML_\(MAJOR\|MINOR\|MICRO\)_VERSION=\([0-9]*\)$/\2/p' "$work/src/libxml2/configure" | paste -sd.
}

compile_libxml2() {
  local name sources=()
  for name in SAX SAX2 HTMLparser HTMLtree buf c14n chvalid dict encoding entities error globals hash list parser \
    parserInternals pattern relaxng threads tree uri valid xinclude xlink xmlIO xmlmemory xmlreader xmlregexp \
    xmlsave xmlschemas xmlschemastypes xmlstring xmlunicode xmlwriter xpath xpointer; do
    sources+=("$work/src/libxml2/$name.c")
  done
  compile_all "$work/objects/libxml2" "${sources[@]}" -- \
    "$(library_compiler) -DHAVE_CONFIG_H -I$work/headers/libxml2 -I$work/src/libxml2"
}

# SQLite's sources become one file, made with programs of its own.
prepare_sqlite() {
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

# SQLite's unix VFS, not the lock files that it would choose on WASI: see posix/locks.c.
compile_sqlite() {
  compile_all "$work/objects/sqlite" "$work/sqlite/sqlite3.c" -- \
    "$(library_compiler) -DSQLITE_DEFAULT_UNIX_VFS=\"unix\" -DSQLITE_THREADSAFE=0 -DSQLITE_USE_URI=1" \
    "-DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5" \
    "-DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_MATH_FUNCTIONS -DHAVE_USLEEP=1 -DHAVE_LOCALTIME_R=1 -DHAVE_GMTIME_R=1"
}

prepare_libpng() {
  cp "$work/src/libpng/png.h" "$work/src/libpng/pngconf.h" "$work/include"
  cp "$work/src/libpng/scripts/pnglibconf.h.prebuilt" "$work/include/pnglibconf.h"
}

compile_libpng() {
  local name sources=()
  for name in png pngerror pngget pngmem pngpread pngread pngrio pngrtran pngrutil pngset pngtrans pngwio pngwrite \
    pngwtran pngwutil; do
    sources+=("$work/src/libpng/$name.c")
  done
  compile_all "$work/objects/libpng" "${sources[@]}" -- "$(library_compiler)"
}

# Eight bits, no assembly, arithmetic coding in both directions.
prepare_libjpeg() {
  local source=$work/src/libjpeg version
  version=$(sed -n 's/^set(VERSION \([0-9.]*\))$/\1/p' "$source/CMakeLists.txt")
  mkdir -p "$work/headers/libjpeg"
  cp "$source/jpeglib.h" "$source/jmorecfg.h" "$source/jerror.h" "$work/include"
  sed -e 's/@JPEG_LIB_VERSION@/62/' -e "s/@VERSION@/$version/" -e 's/@BITS_IN_JSAMPLE@/8/' \
    -e "s/@LIBJPEG_TURBO_VERSION_NUMBER@/$(awk -F. '{ print $1 * 1000000 + $2 * 1000 + $3 }' <<<"$version")/" \
    -e 's/^#cmakedefine \([CD]_ARITH_CODING_SUPPORTED\|MEM_SRCDST_SUPPORTED\) 1/#define \1 1/' \
    -e '/^#cmakedefine/d' "$source/jconfig.h.in" >"$work/include/jconfig.h"
  sed -e 's/@BUILD@//' -e 's/@INLINE@/inline __attribute__((always_inline))/' -e 's/@THREAD_LOCAL@//' \
    -e 's/@CMAKE_PROJECT_NAME@/libjpeg-turbo/' -e "s/@VERSION@/$version/" -e 's/@SIZE_T@/4/' \
    -e 's/^#cmakedefine HAVE_BUILTIN_CTZL/#define HAVE_BUILTIN_CTZL/' -e '/^#cmakedefine/d' \
    "$source/jconfigint.h.in" >"$work/headers/libjpeg/jconfigint.h"
  sed -e 's/@COPYRIGHT_YEAR@//' "$source/jversion.h.in" >"$work/headers/libjpeg/jversion.h"
}

compile_libjpeg() {
  local name sources=()
  for name in jaricom jcapimin jcapistd jcarith jccoefct jccolor jcdctmgr jchuff jcicc jcinit jcmainct jcmarker jcmaster \
    jcomapi jcparam jcphuff jcprepct jcsample jctrans jdapimin jdapistd jdarith jdatadst jdatasrc jdcoefct jdcolor \
    jddctmgr jdhuff jdicc jdinput jdmainct jdmarker jdmaster jdmerge jdphuff jdpostct jdsample jdtrans jerror \
    jfdctflt jfdctfst jfdctint jidctflt jidctfst jidctint jidctred jmemmgr jmemnobs jquant1 jquant2 jsimd_none jutils; do
    sources+=("$work/src/libjpeg/$name.c")
  done
  compile_all "$work/objects/libjpeg" "${sources[@]}" -- "$(library_compiler) -I$work/headers/libjpeg"
}

prepare_libwebp() {
  cp "$work/src/libwebp/src/webp"/*.h "$work/include/webp"
}

compile_libwebp() {
  local source=$work/src/libwebp
  compile_all "$work/objects/libwebp" "$source"/src/{dec,dsp,enc,utils}/*.c "$source"/sharpyuv/*.c -- \
    "$(library_compiler) -I$source"
}

# Deflate only, as everybody's zips are; no encryption but PKWARE's, which needs no library.
prepare_libzip() {
  local source=$work/src/libzip version
  version=$(sed -n 's/^project(libzip VERSION \([0-9.]*\) .*/\1/Ip' "$source/CMakeLists.txt" | head -n 1)
  [ -n "$version" ] || version=$(sed -n 's/^ *VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt" | head -n 1)
  mkdir -p "$work/headers/libzip"
  cp "$source/lib/zip.h" "$work/include"
  cp "$php/build/libzip.h" "$work/headers/libzip/config.h"
  sed -e "s/\${libzip_VERSION}/$version/" -e "s/\${libzip_VERSION_MAJOR}/$(cut -d. -f1 <<<"$version")/" \
    -e "s/\${libzip_VERSION_MINOR}/$(cut -d. -f2 <<<"$version")/" -e "s/\${libzip_VERSION_PATCH}/$(cut -d. -f3 <<<"$version")/" \
    -e 's/^#cmakedefine ZIP_STATIC/#define ZIP_STATIC/' -e 's/\${ZIP_NULLABLE_DEFINES}//' \
    -e 's/\${LIBZIP_TYPES_INCLUDE}/#include <inttypes.h>/' -e 's/\${ZIP_\(U\?INT[0-9]*\)_T}/\L\1_t/' \
    "$source/cmake-zipconf.h.in" >"$work/include/zipconf.h"
  # Its errors' sentences stand in comments of its header.
  awk '
    /^#define ZIP_ER_/ {
      match($0, /\/\* [NSZ] .* \*\//)
      text = substr($0, RSTART + 3, RLENGTH - 6)
      kinds = kinds "    " substr(text, 1, 1) ",\n"
      sentences = sentences "    \"" substr(text, 3) "\",\n"
      count++
    }
    END {
      print "#include \"zipint.h\"\n#define N ZIP_ET_NONE\n#define S ZIP_ET_SYS\n#define Z ZIP_ET_ZLIB"
      print "const char *const _zip_err_str[] = {\n" sentences "};"
      print "const int _zip_nerr_str = " count ";"
      print "const int _zip_err_type[] = {\n" kinds "};"
    }' "$source/lib/zip.h" >"$work/headers/libzip/zip_err_str.c"
}

compile_libzip() {
  local source=$work/src/libzip/lib sources=("$work/headers/libzip/zip_err_str.c") file
  for file in "$source"/*.c; do
    case $(basename "$file" .c) in
      *_bzip2 | *_xz | zip_crypto_* | *_win32* | *_uwp | *winzip_aes*) ;;
      *) sources+=("$file") ;;
    esac
  done
  compile_all "$work/objects/libzip" "${sources[@]}" -- \
    "$(library_compiler) -DHAVE_CONFIG_H -I$work/headers/libzip -I$source"
}

prepare_oniguruma() {
  mkdir -p "$work/headers/oniguruma"
  cp "$work/src/oniguruma/src/oniguruma.h" "$work/include"
  cp "$php/build/oniguruma.h" "$work/headers/oniguruma/config.h"
}

compile_oniguruma() {
  local source=$work/src/oniguruma/src sources=() file
  for file in "$source"/*.c; do
    case $(basename "$file" .c) in
      # Included by others, or programs, or another interface.
      unicode_*_data | unicode_property_data_posix | mktable | regposix | regposerr) ;;
      *) sources+=("$file") ;;
    esac
  done
  compile_all "$work/objects/oniguruma" "${sources[@]}" -- \
    "$(library_compiler) -DHAVE_CONFIG_H -I$work/headers/oniguruma -I$source"
}

prepare_libsodium() {
  local source=$work/src/libsodium version variable expressions=()
  version=$(sed -n 's/^AC_INIT(\[libsodium\],\[\([0-9.]*\)\].*/\1/p' "$source/configure.ac")
  cp "$source/src/libsodium/include/sodium.h" "$work/include"
  cp "$source/src/libsodium/include/sodium"/*.h "$work/include/sodium"
  for variable in MAJOR MINOR; do
    expressions+=(-e "s/@SODIUM_LIBRARY_VERSION_$variable@/$(sed -n "s/^SODIUM_LIBRARY_VERSION_$variable=//p" "$source/configure.ac")/")
  done
  sed "${expressions[@]}" -e "s/@VERSION@/$version/" -e 's/@[A-Z_]*@//' \
    "$source/src/libsodium/include/sodium/version.h.in" >"$work/include/sodium/version.h"
}

compile_libsodium() {
  local source=$work/src/libsodium/src/libsodium sources
  mapfile -t sources < <(find "$source" -name '*.c' | sort)
  compile_all "$work/objects/libsodium" "${sources[@]}" -- \
    "$(library_compiler) -I$work/include/sodium -I$source/include/sodium -I$source/include/sodium/private -DCONFIGURED=1 -DNATIVE_LITTLE_ENDIAN=1"
}

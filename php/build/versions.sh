# What php.wasm is made of. A version that the archive no longer has gives way
# to the newest one the suite has; the manifest says what was really used.

SUITE=trixie

PHP_PACKAGE=php8.4          PHP_VERSION=8.4.24-1~deb13u1
SQLITE_PACKAGE=sqlite3      SQLITE_VERSION=3.46.1-7+deb13u2
LIBXML2_PACKAGE=libxml2     LIBXML2_VERSION=2.12.7+dfsg+really2.9.14-2.1+deb13u3
ZLIB_PACKAGE=zlib           ZLIB_VERSION=1:1.3.dfsg+really1.3.1-1
WASI_LIBC_PACKAGE=wasi-libc WASI_LIBC_VERSION=0.0~git20241209.574b88d-2

BINARYEN_VERSION=132.0.0

# Installed on this machine, from its own suite, if missing: package and a file
# that tells it is there.
TOOLS=(
  clang-19:/usr/bin/clang-19
  lld-19:/usr/bin/wasm-ld-19
  llvm-19:/usr/bin/llvm-ar-19
  libclang-rt-19-dev-wasm32:/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a
  make:/usr/bin/make
  dpkg-dev:/usr/bin/dpkg-source
  libc6-dev:/usr/include/stdio.h
  tcl:/usr/bin/tclsh
  xz-utils:/usr/bin/xz
)

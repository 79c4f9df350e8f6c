#!/usr/bin/env bash
# Makes php.wasm: fetches PHP's and its libraries' sources from Debian, compiles
# them with our own C for WASI, and leaves the module in a cache.
#
#   php/build.sh           prints where the module is, after making it if need be
#   php/build.sh --names   also makes php.names.wasm beside it, for profilers
#
# PRESSBOX_CACHE  where results are kept; $XDG_CACHE_HOME/pressbox by default
# PHP_WASM        a module from elsewhere: nothing is built, it is only checked
#
# What it leaves in the cache, where php/php.wasm and php/manifest.json are links
# to the current ones:
#
#   php/<key>/php.wasm, manifest.json   the result
#   php/downloads/                      source packages
#   php/tools/                          binaryen, the package lists of apt
#   php/work/<key>/                     unpacked sources, objects, log
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

php=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PRESSBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pressbox}/php

. "$php/build/versions.sh"
. "$php/build/steps.sh"

names=
case ${1-} in
  '') ;;
  --names) names=yes ;;
  *) stop "php/build.sh takes no other option than --names" ;;
esac

exports=(_start _initialize php_boot php_handle php_interrupt_ptr php_timed_out_ptr memory __stack_pointer)

# check_module FILE stops unless FILE is a WebAssembly module with our exports.
check_module() {
  local name
  [ -r "$1" ] || stop "there is no readable file $1"
  [ "$(head -c 4 "$1" | od -An -tx1 | tr -d ' ')" = 0061736d ] || stop "$1 is not a WebAssembly module"
  for name in "${exports[@]}"; do
    grep -aqF "$name" "$1" || stop "$1 is not a php.wasm for Pressbox: it does not export $name"
  done
}

if [ -n "${PHP_WASM-}" ]; then
  check_module "$PHP_WASM"
  echo "php.wasm: $PHP_WASM (from PHP_WASM; nothing was built)"
  exit
fi

# digest prints the first characters of the digest of its standard input.
digest() { sha256sum | cut -c 1-16; }

# recipe_digest PATH ... names what the given files of this folder say.
recipe_digest() {
  (cd "$php" && find "$@" -type f -print0 | sort -z | xargs -0 sha256sum) | digest
}

recipe=$(recipe_digest build.sh build posix sapi)

# publish KEY makes a result the current one.
publish() {
  local file
  for file in php.wasm manifest.json; do
    ln -sfn "$1/$file" "$cache/$file.$$"
    mv -T "$cache/$file.$$" "$cache/$file"
  done
}

if [ -e "$cache/by-recipe/$recipe/php.wasm" ] && { [ -z "$names" ] || [ -e "$cache/by-recipe/$recipe/php.names.wasm" ]; }; then
  key=$(basename "$(readlink "$cache/by-recipe/$recipe")")
  publish "$key"
  echo "php.wasm: $cache/$key/php.wasm (in the cache)"
  exit
fi

[ -e /etc/debian_version ] && command -v apt-get >/dev/null ||
  stop "php.wasm is built on Debian only (with apt-get): set PHP_WASM=<path> to one built elsewhere"

. "$php/build/apt.sh"
. "$php/build/fetch.sh"
. "$php/build/sources.sh"
. "$php/build/libraries.sh"
. "$php/build/compile.sh"
. "$php/build/link.sh"

mkdir -p "$cache/downloads" "$cache/tools" "$cache/by-recipe" "$cache/work"
exec 9>"$cache/lock"
flock 9

begin
step "install clang, lld and what else is missing" install_tools
step "fetch the source packages and binaryen" fetch
versions=$(cat "$cache/downloads/versions")
toolchain=$(dpkg-query -W -f '${Package} ${Version}\n' clang-19 lld-19 libclang-rt-19-dev-wasm32)

# Objects live as long as what they are made of; our own C is compiled every time.
objects_key=$(cd "$php" && (echo "$versions"; echo "$toolchain"; recipe_digest build/{sources,libraries,compile,libtool}.sh \
  build/*.h build/configure.cache build/magic.mjs posix/include sapi/magic.h) | digest)
key=$( (echo "$recipe"; echo "$versions"; echo "$toolchain") | digest)
work=$cache/work/$objects_key
work_log=$work/log
mkdir -p "$work"

step_once "unpack and patch the sources" unpack
step_once "configure PHP and compile the C libraries" configure_and_libraries
step_once "compile PHP" compile_php
step "compile the server interface and link" link_module
step "optimise" optimise_module
step "write the manifest" write_manifest

# Older objects are of no more use, and 300 MB.
find "$cache/work" -mindepth 1 -maxdepth 1 ! -name "$objects_key" -exec rm -rf {} +
ln -sfn "../$key" "$cache/by-recipe/$recipe"
publish "$key"
echo "php.wasm: $cache/$key/php.wasm ($(elapsed))"

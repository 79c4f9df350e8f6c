#!/usr/bin/env bash
# Builds a native PHP from the sources that php.wasm is made of, with the same
# extensions, for php.wasm to be measured against; prints where it is.
#
#   php/phpt/native.sh    after php/build.sh, which fetches the sources
#
# In the cache, below phpt/: <key>/bin/php and php-cgi, <key>/opcache.so,
# <key>/source with the tests, unchanged; native is a link to the current one.
set -euo pipefail
export LC_ALL=C
php=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${PRESSBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pressbox}

# The libraries' own versions are the machine's, close to those in php.wasm.
packages=(g++ make pkg-config libxml2-dev libsqlite3-dev zlib1g-dev libpng-dev libjpeg-dev libwebp-dev libzip-dev libonig-dev libsodium-dev)

options=(
  --disable-all --enable-cli --enable-cgi --disable-phpdbg --enable-opcache --disable-opcache-jit --without-pcre-jit
  --disable-rpath --enable-bcmath --enable-calendar --enable-ctype --enable-dom --enable-exif --enable-fileinfo
  --enable-filter --enable-gd --with-jpeg --with-webp --with-iconv --with-libxml --enable-mbstring --enable-pdo
  --with-pdo-sqlite --with-sqlite3 --enable-session --enable-simplexml --with-sodium --enable-tokenizer --enable-xml
  --enable-xmlreader --enable-xmlwriter --with-zip --with-zlib
)

version=$(awk '$1 == "php8.4" { print $2 }' "$cache/php/downloads/versions")
[ -n "$version" ] || { echo "php/phpt/native.sh: PHP's sources are not there: run make php first, without PHP_WASM" >&2; exit 1; }
key=$( (echo "$version"; cat "${BASH_SOURCE[0]}") | sha256sum | cut -c 1-16)
directory=$cache/phpt/$key
log=$directory/log

if [ ! -e "$directory/complete" ]; then
  rm -rf "$directory"
  mkdir -p "$directory/bin"
  echo "native PHP: building $version (minutes, the first time)" >&2
  {
    dpkg-query -W "${packages[@]}" || apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${packages[@]}" ||
      { apt-get update && apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${packages[@]}"; }
    dpkg-source --no-check --no-copy -x "$cache/php/downloads/php8.4_${version//[:\/]/_}"/*.dsc "$directory/source"
    find "$directory/source" -type f -exec touch -d @0 {} +
    mkdir "$directory/build"
    cd "$directory/build"
    CFLAGS='-O1 -g0 -w' ../source/configure "${options[@]}"
    make -j"$(nproc)"
    cp sapi/cli/php sapi/cgi/php-cgi "$directory/bin"
    cp modules/opcache.so "$directory"
    cd "$directory"
    rm -rf build
    strip bin/* opcache.so
  } >"$log" 2>&1 </dev/null || { tail -n 15 "$log" >&2; echo "php/phpt/native.sh: building a native PHP failed; the lines above are the end of $log" >&2; exit 1; }
  touch "$directory/complete"
fi
ln -sfn "$key" "$cache/phpt/native"
echo "$directory"

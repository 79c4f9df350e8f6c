# Tools and sources, from Debian and npm. What is here already needs no network.

install_tools() {
  local entry missing=()
  for entry in "${TOOLS[@]}"; do
    [ -e "${entry#*:}" ] || missing+=("${entry%%:*}")
  done
  command -v npm >/dev/null || { explain "npm is missing, and binaryen comes from it: install Node.js"; return 1; }
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || { explain "run as root: apt-get install ${missing[*]}"; return 1; }
  export DEBIAN_FRONTEND=noninteractive
  local install=(apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=600 "${missing[@]}")
  # The machine's package lists may be missing or old.
  "${install[@]}" && return 0
  apt-get update || { explain "the package archive cannot be reached, and these packages are missing: ${missing[*]}"; return 1; }
  "${install[@]}" || { explain "apt-get could not install ${missing[*]}"; return 1; }
}

# package_directory PACKAGE VERSION names where a package's files are kept.
package_directory() {
  echo "$cache/downloads/${1}_${2//[:\/]/_}"
}

# wanted lists package, version and kind of all that is fetched from the suite.
wanted() {
  printf '%s %s %s\n' \
    "$PHP_PACKAGE" "$PHP_VERSION" source "$SQLITE_PACKAGE" "$SQLITE_VERSION" source \
    "$LIBXML2_PACKAGE" "$LIBXML2_VERSION" source "$ZLIB_PACKAGE" "$ZLIB_VERSION" source \
    "$WASI_LIBC_PACKAGE" "$WASI_LIBC_VERSION" binary
}

fetch() {
  fetch_binaryen &
  local binaryen=$! package version kind complete=yes
  while read -r package version kind; do
    [ -e "$(package_directory "$package" "$version")/complete" ] || complete=no
  done < <(wanted)
  if [ $complete = yes ]; then
    wanted >"$cache/downloads/versions.new"
  else
    fetch_packages
  fi
  echo "binaryen $BINARYEN_VERSION npm" >>"$cache/downloads/versions.new"
  wait $binaryen
  mv "$cache/downloads/versions.new" "$cache/downloads/versions"
}

fetch_packages() {
  local package version kind directory found
  APT_STATE=$cache/tools/apt
  mkdir -p "$APT_STATE/lists/partial" "$APT_STATE/archives/partial" "$APT_STATE/cache"
  suite_sources "$(. /etc/os-release; echo "${VERSION_CODENAME-}")" "$SUITE" >"$APT_STATE/sources.list"
  [ -s "$APT_STATE/sources.list" ] ||
    { explain "apt's configuration names no archive of Debian's release $(. /etc/os-release; echo "${VERSION_CODENAME-}") to derive $SUITE's from"; return 1; }
  suite_apt apt-get update -o APT::Update::Error-Mode=any ||
    { explain "Debian's archive cannot be reached; without it php.wasm cannot be built for the first time"; return 1; }
  : >"$cache/downloads/versions.new"
  while read -r package version kind; do
    found=$(available_version "$package" "$version")
    [ "$found" = "$version" ] || echo "$package $version is no longer there; taking $found"
    directory=$(package_directory "$package" "$found")
    if [ ! -e "$directory/complete" ]; then
      rm -rf "$directory"
      mkdir -p "$directory"
      if [ "$kind" = source ]; then
        (cd "$directory" && suite_apt apt-get source --download-only "$package=$found") ||
          { explain "the sources of $package $found could not be downloaded"; return 1; }
      else
        (cd "$directory" && suite_apt apt-get download "$package=$found") ||
          { explain "$package $found could not be downloaded"; return 1; }
      fi
      touch "$directory/complete"
    fi
    echo "$package $found $kind" >>"$cache/downloads/versions.new"
  done < <(wanted)
}

# wasm-opt, as WebAssembly that runs on Node.
fetch_binaryen() {
  local directory=$cache/tools/binaryen-$BINARYEN_VERSION
  [ ! -e "$directory/complete" ] || return 0
  rm -rf "$directory"
  mkdir -p "$directory"
  npm install --prefix "$directory" --no-audit --no-fund --no-save --ignore-scripts "binaryen@$BINARYEN_VERSION" ||
    { explain "binaryen could not be had from npm"; return 1; }
  touch "$directory/complete"
}

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

# wanted lists package, version, kind and digest of all that is fetched.
wanted() {
  awk 'NF > 0' <<<"$PACKAGES"
}

fetch() {
  fetch_binaryen &
  local binaryen=$! package version kind digest
  : >"$cache/downloads/versions.new"
  while read -r package version kind digest; do
    fetch_package
    echo "$package $version $kind" >>"$cache/downloads/versions.new"
  done < <(wanted)
  echo "binaryen $BINARYEN_VERSION npm" >>"$cache/downloads/versions.new"
  wait $binaryen
  mv "$cache/downloads/versions.new" "$cache/downloads/versions"
}

# fetch_package gets $package, in $version or, changing that, in another.
fetch_package() {
  local candidate
  [ ! -e "$(package_directory "$package" "$version")/complete" ] || return 0
  use_archive
  if download_pinned; then return; fi
  echo "$package $version cannot be had by its digest; looking in the suites"
  update_lists
  for candidate in $(available_versions "$package" "$version" "$kind"); do
    version=$candidate
    [ ! -e "$(package_directory "$package" "$version")/complete" ] || return 0
    if download_listed; then
      echo "taking $package $version"
      return
    fi
  done
  explain "no archive that apt is configured for has $package"
  return 1
}

# use_archive derives the sources list, once.
use_archive() {
  local release
  [ -z "${APT_STATE-}" ] || return 0
  release=$(. /etc/os-release; echo "${VERSION_CODENAME-}")
  APT_STATE=$cache/tools/apt
  mkdir -p "$APT_STATE/lists/partial" "$APT_STATE/archives/partial" "$APT_STATE/cache"
  suite_sources "$release" "$SUITE" >"$APT_STATE/sources.list"
  [ -s "$APT_STATE/sources.list" ] ||
    { explain "apt's configuration names no archive of Debian's release $release to derive $SUITE's from"; return 1; }
}

update_lists() {
  [ -z "${lists_updated-}" ] || return 0
  # A suite that is missing on a mirror is no reason to stop.
  suite_apt apt-get update || :
  lists_updated=yes
}

# download_pinned gets exactly the version that versions.sh names: the archive's
# pool may have it longer than a suite lists it, and no list has to be fetched.
download_pinned() {
  local directory file name pool
  directory=$(package_directory "$package" "$version")
  name=${package}_${version#*:}
  [ "$kind" = source ] && file=$name.dsc || file=${name}_all.deb
  rm -rf "$directory"
  mkdir -p "$directory"
  for pool in $(archive_pools); do
    pool=$pool/$(pool_directory "$package")
    suite_apt /usr/lib/apt/apt-helper download-file "$pool/$file" "$directory/$file" "SHA256:$digest" || continue
    if [ "$kind" = source ]; then
      download_parts "$pool" "$directory/$file" || continue
    fi
    touch "$directory/complete"
    return
  done
  return 1
}

# download_parts POOL DSC gets the sources that a .dsc describes.
download_parts() {
  local part sum
  while read -r sum part; do
    suite_apt /usr/lib/apt/apt-helper download-file "$1/$part" "$(dirname "$2")/$part" "SHA256:$sum" || return 1
  done < <(awk '/^[^ ]/ { on = /^Checksums-Sha256:/ } on && /^ / { print $1, $3 }' "$2")
}

# download_listed gets a version that a suite lists; apt checks it.
download_listed() {
  local directory
  directory=$(package_directory "$package" "$version")
  rm -rf "$directory"
  mkdir -p "$directory"
  if [ "$kind" = source ]; then
    (cd "$directory" && suite_apt apt-get source --download-only "$package=$version") || return 1
  else
    (cd "$directory" && suite_apt apt-get download "$package=$version") || return 1
  fi
  touch "$directory/complete"
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

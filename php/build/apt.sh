# Source packages and wasi-libc from a newer Debian suite, without touching the system.
#
# The sources list is derived from the machine's own apt configuration: every
# entry that serves this machine's release gets the newer suite's name in its
# place. So mirrors, keyrings and proxies are the ones the machine already uses,
# and no host name stands in this repository. State and caches are private, and
# signatures are checked as always.

# suite_sources FROM TO [DIRECTORY] prints one-line sources entries for suite TO, made from
# every configured entry (one-line or deb822) whose suite is FROM.
# DIRECTORY is apt's, for tests.
suite_sources() {
  local from=$1 to=$2 dir=${3:-/etc/apt}
  {
    { cat "$dir"/sources.list "$dir"/sources.list.d/*.list 2>/dev/null || :; } |
      awk '
        $1 == "deb" {
          line = $0; options = ""
          if (match(line, /\[[^]]*\]/)) {
            options = substr(line, RSTART + 1, RLENGTH - 2)
            line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
          }
          n = split(line, field, " ")
          signed = ""
          m = split(options, option, " ")
          for (i = 1; i <= m; i++) if (option[i] ~ /^signed-by=/) signed = substr(option[i], 11)
          print field[2] "|" field[3] "|" signed
        }'
    { cat "$dir"/sources.list.d/*.sources 2>/dev/null || :; } |
      awk '
        function flush(   i, j, n, m, u, s) {
          if (enabled != "no" && types ~ /(^| )deb( |$)/) {
            n = split(uris, u, " "); m = split(suites, s, " ")
            for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) print u[i] "|" s[j] "|" signed
          }
          types = uris = suites = signed = enabled = ""
        }
        /^#/ { next }
        /^[ \t]*$/ { flush(); next }
        /^Types:/ { sub(/^[^:]*:[ \t]*/, ""); types = $0 }
        /^URIs:/ { sub(/^[^:]*:[ \t]*/, ""); uris = $0 }
        /^Suites:/ { sub(/^[^:]*:[ \t]*/, ""); suites = $0 }
        /^Enabled:/ { sub(/^[^:]*:[ \t]*/, ""); enabled = tolower($0) }
        /^Signed-By:/ { sub(/^[^:]*:[ \t]*/, ""); if ($0 ~ /^\//) signed = $1 }
        END { flush() }'
  } | awk -F'|' -v from="$from" -v to="$to" -v keyring=/usr/share/keyrings/debian-archive-keyring.gpg '
        $2 == from && !seen[$1]++ {
          by = $3 != "" ? $3 : keyring
          print "deb [signed-by=" by "] " $1 " " to " main"
          print "deb-src [signed-by=" by "] " $1 " " to " main"
        }'
}

# suite_apt COMMAND ... runs apt-get or apt-cache on the newer suite's private state.
suite_apt() {
  local tool=$1; shift
  "$tool" -qq \
    -o Dir::Etc::sourcelist="$APT_STATE/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State::lists="$APT_STATE/lists" \
    -o Dir::Cache="$APT_STATE/cache" -o Dir::Cache::archives="$APT_STATE/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    "$@"
}

# available_version PACKAGE WANTED prints WANTED if the suite has its source, or
# else the newest version that it has.
available_version() {
  local versions newest version
  versions=$(suite_apt apt-cache showsrc --only-source "$1" | sed -n 's/^Version: //p')
  [ -n "$versions" ] || { explain "the package list of $SUITE has no source of $1"; return 1; }
  if grep -qxF -- "$2" <<<"$versions"; then
    echo "$2"
    return
  fi
  newest=
  for version in $versions; do
    if [ -z "$newest" ] || dpkg --compare-versions "$version" gt "$newest"; then newest=$version; fi
  done
  echo "$newest"
}

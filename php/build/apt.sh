# Source packages and wasi-libc from Debian's archive, without touching the system.
#
# The sources list is derived from the machine's own apt configuration: every
# entry that serves this machine's release, or its updates, is taken once more
# with the newer suite's name. So mirrors, keyrings and proxies are the ones the machine already uses,
# and no host name stands in this repository. State and caches are private, and
# signatures are checked as always.

# suite_sources FROM TO [DIRECTORY] prints one-line sources entries for suite TO and then
# for FROM, made from every configured entry (one-line or deb822) whose suite is
# FROM, FROM-updates or FROM-security.
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
        $2 == from || index($2, from "-") == 1 {
          by = $3 != "" ? $3 : keyring
          suites[++n] = $2; signed[n] = "[signed-by=" by "] " $1 " "
        }
        function list(name, i,   entry) {
          entry = signed[i] name " main"
          if (seen[entry]++) return
          print "deb " entry
          print "deb-src " entry
        }
        END {
          for (i = 1; i <= n; i++) list(to substr(suites[i], length(from) + 1), i)
          for (i = 1; i <= n; i++) list(suites[i], i)
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

# archive_pools prints where the configured archives keep their packages.
archive_pools() {
  awk '$1 == "deb" { sub(/\/$/, "", $3); if (!seen[$3]++) { print $3 "/pool/main"; print $3 "/pool/updates/main" } }' "$APT_STATE/sources.list"
}

# pool_directory PACKAGE prints a package's place below a pool.
pool_directory() {
  case $1 in
    lib*) echo "${1:0:4}/$1" ;;
    *) echo "${1:0:1}/$1" ;;
  esac
}

# available_versions PACKAGE WANTED KIND prints the versions that the suites list: WANTED if
# it is among them, then the others, the newest first.
available_versions() {
  local list version newest
  if [ "$3" = source ]; then list=$(suite_apt apt-cache showsrc --only-source "$1")
  else list=$(suite_apt apt-cache show "$1"); fi
  list=$(sed -n 's/^Version: //p' <<<"$list" | sort -u)
  if grep -qxF -- "$2" <<<"$list"; then echo "$2"; fi
  list=$(grep -vxF -- "$2" <<<"$list" || :)
  while [ -n "$list" ]; do
    newest=
    for version in $list; do
      if [ -z "$newest" ] || dpkg --compare-versions "$version" gt "$newest"; then newest=$version; fi
    done
    echo "$newest"
    list=$(grep -vxF -- "$newest" <<<"$list" || :)
  done
}

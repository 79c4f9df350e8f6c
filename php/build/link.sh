# From objects to the module.

# Functions of wasi-libc that php/posix replaces.
WRAPPED=(access chmod close fchmod fcntl fstat fstatat glob iconv iconv_close iconv_open lstat stat statvfs)

WASM_FEATURES=(exception-handling reference-types bulk-memory multivalue sign-ext nontrapping-float-to-int mutable-globals)

link_module() {
  local name wraps=() includes
  export SOURCE_DATE_EPOCH
  SOURCE_DATE_EPOCH=$(source_date)
  compile_all "$work/objects/posix" "$php"/posix/*.c -- "$(compiler) -Wall -Wextra -Wno-unused-parameter -Werror"
  compile_all "$work/objects/sapi" "$php"/sapi/*.c -- "$(php_compiler) $(php_includes) --embed-dir=$work/magic"
  (
    cd "$work"
    find php objects -name '*.o' ! -path 'php/sapi/*' | sort >objects.list
    for name in "${WRAPPED[@]}"; do wraps+=("-Wl,--wrap=$name"); done
    # With the stack below the data, an overflow is a trap and not a corruption.
    clang-19 --target=wasm32-wasi "--sysroot=$(sysroot)" @objects.list -o linked.wasm \
      -Wl,-Map=link.map -Wl,--gc-sections -Wl,--stack-first -Wl,-z,stack-size=1048576 -Wl,--export=__stack_pointer "${wraps[@]}" \
      -lsetjmp -ldl -lwasi-emulated-signal -lwasi-emulated-process-clocks -lwasi-emulated-getpid -lm
  )
}

# Features are given by name: with all of them binaryen writes a newer format of
# imports, which wazero does not read.
optimise_module() {
  local strip=(--strip-debug --strip-producers)
  mkdir -p "$cache/$key"
  wasm_opt --translate-to-exnref -O2 "${strip[@]}" "$work/linked.wasm" -o "$work/optimised.wasm"
  node "$php/build/spill.mjs" "$work/optimised.wasm" "$cache/$key/php.wasm.new"
  mv "$cache/$key/php.wasm.new" "$cache/$key/php.wasm"
  if [ -n "$names" ]; then
    wasm_opt --translate-to-exnref -O2 -g "$work/linked.wasm" -o "$work/optimised.wasm"
    node "$php/build/spill.mjs" "$work/optimised.wasm" "$cache/$key/php.names.wasm"
  fi
  check_module "$cache/$key/php.wasm"
}

wasm_opt() {
  local feature arguments=()
  for feature in "${WASM_FEATURES[@]}"; do arguments+=("--enable-$feature"); done
  node "$cache/tools/binaryen-$BINARYEN_VERSION/node_modules/binaryen/bin/wasm-opt" "${arguments[@]}" "$@"
}

json_list() {
  local separator='' item
  printf '['
  for item; do
    printf '%s"%s"' "$separator" "$item"
    separator=', '
  done
  printf ']'
}

write_manifest() {
  local file=$cache/$key/php.wasm
  {
    echo '{'
    echo "  \"key\": \"$key\","
    echo "  \"sha256\": \"$(sha256sum <"$file" | cut -d ' ' -f 1)\","
    echo "  \"size\": $(wc -c <"$file"),"
    echo "  \"gzipSize\": $(gzip -9nc "$file" | wc -c),"
    echo "  \"brotliSize\": $(node -e 'const fs = require("fs"), zlib = require("zlib"); console.log(zlib.brotliCompressSync(fs.readFileSync(process.argv[1]), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } }).length)' "$file"),"
    echo '  "packages": {'
    { awk '{ print $1, $2 }' "$cache/downloads/versions"; echo "$toolchain"; } |
      awk '{ printf "%s    \"%s\": \"%s\"", separator, $1, $2; separator = ",\n" } END { print "" }'
    echo '  },'
    echo "  \"compiler\": \"$(compiler | sed "s|$work|.|g; s|$php|pressbox|g; s|\"|\\\\\"|g")\","
    echo "  \"optimiser\": \"wasm-opt --translate-to-exnref -O2 $(printf -- '--enable-%s ' "${WASM_FEATURES[@]}")\","
    echo "  \"exports\": $(json_list "${exports[@]}"),"
    echo "  \"costs\": $(node "$php/build/sizes.mjs" "$work/linked.wasm" "$work/link.map"),"
    echo "  \"extensions\": $(json_list bcmath calendar Core ctype date dom exif fileinfo filter gd hash iconv json libxml mbstring pcre PDO pdo_sqlite pressbox random Reflection session SimpleXML sodium SPL sqlite3 standard tokenizer xml xmlreader xmlwriter 'Zend OPcache' zip zlib)"
    echo '}'
  } >"$cache/$key/manifest.json"
}

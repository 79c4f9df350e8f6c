# Steps: where the build is, and a sentence when it stops.

# stop SENTENCE ends the build.
stop() {
  echo "php/build.sh: $1" >&2
  exit 1
}

# explain SENTENCE gives the reason for the failure of the step that is running.
explain() {
  echo "$1" >>"$reason"
}

begin() {
  started=$SECONDS
  number=0
  reason=$cache/reason.$$
  trap 'rm -f "$reason" "$cache/log.$$"' EXIT
  work_log=$cache/log.$$
  done_steps=()
}

elapsed() {
  printf '%d s' $((SECONDS - started))
}

# step TITLE FUNCTION runs FUNCTION with its output in the log.
step() {
  local code
  number=$((number + 1))
  printf '%3ds  %d/8 %s\n' $((SECONDS - started)) "$number" "$1"
  : >"$reason"
  set +e
  (set -e; "$2") >>"$work_log" 2>&1
  code=$?
  set -e
  [ $code -eq 0 ] || step_failed "$1"
  done_steps+=("$1")
}

# step_once is step for one whose result stays in the work directory.
step_once() {
  if [ -e "$work/done.$2" ]; then
    number=$((number + 1))
    printf '%3ds  %d/8 %s: done before\n' $((SECONDS - started)) "$number" "$1"
    done_steps+=("$1")
    return
  fi
  step "$@"
  touch "$work/done.$2"
}

step_failed() {
  local kept=nothing log=$work_log
  [ ${#done_steps[@]} -eq 0 ] || kept=$(printf '%s; ' "${done_steps[@]}")
  # The log of the first steps would be deleted with this process.
  if [ "$log" = "$cache/log.$$" ]; then
    log=$cache/log
    cp "$work_log" "$log"
  fi
  {
    echo
    tail -n 15 "$log"
    echo
    if [ -s "$reason" ]; then
      echo "php/build.sh: step $number ($1) failed: $(head -n 1 "$reason")."
    else
      echo "php/build.sh: step $number ($1) failed; the lines above are the end of its log."
    fi
    echo "Kept: ${kept%; }. Run php/build.sh again to go on from there, or set PHP_WASM=<path> to a module built elsewhere. Log: $log"
  } >&2
  exit 1
}

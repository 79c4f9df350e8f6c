#!/bin/sh
# Takes libtool's place in PHP's Makefile: --tag=CC --mode=compile CC ... -o x.lo.
# libtool itself is a shell script of 12,000 lines, started 350 times.
shift 2
object= previous=
for argument; do
  shift
  case $argument in
    -prefer-non-pic | -static) ;;
    *.lo)
      if [ "$previous" = -o ]; then
        object=$argument
        set -- "$@" "${argument%.lo}.o"
      else
        set -- "$@" "$argument"
      fi
      ;;
    *) set -- "$@" "$argument" ;;
  esac
  previous=$argument
done
"$@" && : >"$object"

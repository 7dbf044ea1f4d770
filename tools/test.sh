#!/bin/sh
# test.sh [-b BUILD] [-w WRAPPER] LUA:PATH[,PATH...] ...
# Runs busted over the paths under each interpreter, with the module built
# in BUILD/LUA, and ends with "N passed, N failed, N skipped". Fails when a
# test failed, when an interpreter died on the way, and when nothing ran.
# The first is run beside the others. Of these, what begins with the first's
# interpreter is one more part of the same and runs beside both; the rest, one
# after the other, leave out what is tagged #slow. No interpreter may take
# more than $WSSTLS_LIMIT seconds, nor (where nothing wraps it) more than 4 GB.
set -u
limit=${WSSTLS_LIMIT:-600}
build=build
wrapper=
while getopts b:w: option; do
  case $option in
    b) build=$OPTARG ;;
    w) wrapper=$OPTARG ;;
    *) exit 1 ;;
  esac
done
shift $((OPTIND - 1))

mkdir -p "$build"
rm -f "$build"/*.tally "$build/beside.log"
[ -n "$wrapper" ] || ulimit -S -v 4194304
export NODE_PATH="build/node/node_modules:/usr/share/nodejs"
export PATH="$PWD/build/peers:$PATH" # of `make peers`
started=$(date +%s)

# run NAME LUA:PATHS [busted's options...]: leaves NAME.tally, "passed failed
# skipped"
run()
{
  tally=$build/$1.tally
  shift
  lua=${1%%:*}
  paths=
  for path in $(echo "${1#*:}" | tr , ' '); do
    [ -e "$path" ] && paths="$paths $path"
  done
  shift
  printf '\n%s:%s\n' "$lua" "$paths"
  if ! "$lua" -e 'require "busted"' 2>/dev/null; then
    echo "busted is not there for $lua"
    echo "0 0 1" >"$tally"
    return
  fi
  WSSTLS_TALLY=$tally LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;" \
    LUA_CPATH="$build/$lua/?.so;;" \
    timeout -k 5 "$limit" $wrapper "$lua" tools/busted.lua -o tools/tally.lua "$@" $paths
  status=$?
  if ! [ -s "$tally" ]; then
    echo "$lua died (status $status) before the end of its tests"
    echo "0 1 0" >"$tally"
  elif [ "$status" != 0 ] && grep -q '^[0-9]* 0 ' "$tally"; then
    echo "$lua ended with status $status after its tests"
    echo "0 1 0" >>"$tally"
  fi
}

first=$1
shift
for job in "$@"; do
  case $job in
    "${first%%:*}":*) run beside "$job" >"$build/beside.log" 2>&1 & ;;
  esac
done
for job in "$@"; do
  case $job in
    "${first%%:*}":*) ;;
    *) run "${job%%:*}" "$job" --exclude-tags=slow ;;
  esac
done >"$build/others.log" 2>&1 &
run first "$first"
wait
for log in beside others; do
  [ -f "$build/$log.log" ] && cat "$build/$log.log"
done

passed=0 failed=0 skipped=0
while read -r p f s; do
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done <<EOF
$(cat "$build"/*.tally)
EOF
echo "$(($(date +%s) - started)) seconds"
echo "$passed passed, $failed failed, $skipped skipped" | tee build/result
[ "$failed" = 0 ] && [ "$passed" != 0 ]

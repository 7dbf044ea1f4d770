#!/bin/sh
# test.sh [-b BUILD] [-w WRAPPER] LUA:PATH[,PATH...] ...
# Runs busted over the paths under each interpreter, with the module built
# in BUILD/LUA, and ends with "N passed, N failed, N skipped". Fails when a
# test failed, when an interpreter died on the way, and when nothing ran.
# Side by side run as many as there are processors and one more, for they wait
# now and then; they begin in the order given: the longest come first. Other
# interpreters than the first leave out what is tagged #slow. None may take
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
rm -f "$build"/*.tally "$build"/job-*.log "$build/places"
[ -n "$wrapper" ] || ulimit -S -v 4194304
export NODE_PATH="build/node/node_modules:/usr/share/nodejs"
export PATH="$PWD/build/peers:$PATH" # of `make peers`
started=$(date +%s)

# run NUMBER LUA:PATHS: leaves NUMBER.tally, "passed failed skipped"
run()
{
  tally=$build/$1.tally
  lua=${2%%:*}
  paths=
  options=
  [ "$lua" = "$first" ] || options=--exclude-tags=slow
  for path in $(echo "${2#*:}" | tr , ' '); do
    [ -e "$path" ] && paths="$paths $path"
  done
  printf '\n%s\n' "$2"
  if ! "$lua" -e 'require "busted"' 2>/dev/null; then
    echo "busted is not there for $lua"
    echo "0 0 1" >"$tally"
    return
  fi
  WSSTLS_TALLY=$tally LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;" \
    LUA_CPATH="$build/$lua/?.so;;" timeout -k 5 "$limit" $wrapper \
    "$lua" tools/busted.lua -o tools/tally.lua $options $paths
  status=$?
  if ! [ -s "$tally" ]; then
    echo "$lua died (status $status) before the end of its tests"
    echo "0 1 0" >"$tally"
  elif [ "$status" != 0 ] && grep -q '^[0-9]* 0 ' "$tally"; then
    echo "$lua ended with status $status after its tests"
    echo "0 1 0" >>"$tally"
  fi
}

# beside NUMBER JOB: the same with its output kept until it ends, and its place
# given back.
beside()
{
  run "$1" "$2" >"$build/job-$1.log" 2>&1 3>&-
  flock "$build" cat "$build/job-$1.log"
  echo >&3
}

first=${1%%:*}
if [ $# = 1 ]; then
  run 1 "$1"
else
  mkfifo "$build/places"
  exec 3<>"$build/places"
  for place in $(seq 0 "$(nproc)"); do echo >&3; done
  number=0
  for job in "$@"; do
    read -r place <&3
    number=$((number + 1))
    beside "$number" "$job" &
  done
  wait
fi

passed=0 failed=0 skipped=0
while read -r p f s; do
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done <<EOF
$(cat "$build"/*.tally)
EOF
echo "$(($(date +%s) - started)) seconds"
echo "$passed passed, $failed failed, $skipped skipped" | tee build/result
[ "$failed" = 0 ] && [ "$passed" != 0 ]

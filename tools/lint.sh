#!/bin/sh
# lint.sh: every checker that is installed, over C and Lua; 0 when all agree.
set -u
status=0
flags="-std=c11 -D_GNU_SOURCE $(pkg-config --cflags lua5.4 libwebsockets openssl)"

say() { echo "== $1"; }
have() { command -v "$1" >/dev/null || { echo "$1 is not installed"; false; }; }

say luacheck
have luacheck && { luacheck -q lua spec bench tools demo certs || status=1; }

say "gcc -Werror"
make --no-print-directory -s all BUILD=build/lint CI=true || status=1

# It finds no system header: the version it has to assume is given. And it
# takes a struct that is passed to be filled for one that is read.
say cppcheck
have cppcheck && { cppcheck -q --std=c11 --inline-suppr --error-exitcode=1 \
  --enable=warning,performance,portability \
  --suppress=missingIncludeSystem --suppress=unknownMacro \
  --suppress=ctuuninitvar:src/core/observer.c \
  -DOPENSSL_VERSION_NUMBER=0x30000000L \
  src bench || status=1; }

# tidy FLAGS FILES... four files a time, two processes
tidy()
{
  known=$1
  shift
  echo "$@" | xargs -n 4 -P 2 sh -c \
    'clang-tidy --quiet "$@" -- '"$flags $known"' 2>/dev/null' - || status=1
}

say clang-tidy
have clang-tidy && {
  define='wsstls_error_set(wsstls_error \*\|wsstls_pki_fail(wsstls_error \*'
  # shellcheck disable=SC2046
  tidy "" $(grep -l "$define" src/core/*.c)
  # shellcheck disable=SC2046
  tidy "-include tools/analyzer.h" \
    $(grep -L "$define" src/core/*.c src/bind/*.c bench/*.c)
}

exit $status

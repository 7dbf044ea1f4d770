#!/bin/sh
# valgrind.sh COMMAND...: errors and definite leaks make status 99.
exec valgrind -q --error-exitcode=99 --leak-check=full \
  --errors-for-leak-kinds=definite --show-leak-kinds=definite \
  --suppressions="$(dirname "$0")/valgrind.supp" --child-silent-after-fork=yes \
  "$@"

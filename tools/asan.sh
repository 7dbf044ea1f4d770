#!/bin/sh
# asan.sh COMMAND...: runs an uninstrumented lua with the sanitizers' runtime
# loaded first, which the instrumented module needs.
here=$(dirname "$0")
LD_PRELOAD=$("${CC:-gcc}" -print-file-name=libasan.so)
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=0
LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
UBSAN_OPTIONS=print_stacktrace=1
export LD_PRELOAD ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
exec "$@"

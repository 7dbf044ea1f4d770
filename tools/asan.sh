#!/bin/sh
# asan.sh LUA ARGUMENT...: runs an uninstrumented Lua, and every one that it
# starts, with the sanitizers' runtime loaded first, which the instrumented
# module needs. The loader does it (--preload): LD_PRELOAD would reach foreign
# programs, too.
set -e
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/../build/asan/bin
lua=$(command -v "$1")
loader=$(ldd "$lua" | sed -n 's/^[[:space:]]*\(\/[^ ]*\/ld-[^ ]*\) .*/\1/p')
mkdir -p "$bin"
cat >"$bin/$1" <<END
#!/bin/sh
exec $loader --preload $("${CC:-gcc}" -print-file-name=libasan.so) \
  --argv0 "\$0" $lua "\$@"
END
chmod 755 "$bin/$1"
PATH=$bin:$PATH
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=0
LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
UBSAN_OPTIONS=print_stacktrace=1
export PATH ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
exec "$@"

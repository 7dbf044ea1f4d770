/* program.h: a foreign program, started, watched and killed whole.
 *
 * It leads a process group of its own and is told about in the loop: its
 * output (both streams in one pipe) and its end. When the program ends,
 * when it is stopped, released or the loop shuts down, the whole group is
 * killed, so that nothing is left running. Sources: setpgid(2), kill(2),
 * prctl(2): PR_SET_PDEATHSIG, for the case that this process is killed.
 */
#ifndef WSSTLS_PROGRAM_H
#define WSSTLS_PROGRAM_H

#include <stddef.h>
#include "loop.h"

typedef struct wsstls_program wsstls_program;

typedef struct wsstls_program_opts {
  char **argv;                 /* NULL-terminated, borrowed */
  const char **env;            /* "NAME=value" to set, "NAME" to unset, in
                                * our own environment; NULL-terminated */
  const char *cwd;             /* NULL: ours */
  const char *input;           /* fed to it; then its input stays open */
  size_t input_len;            /* input NULL: /dev/null */
} wsstls_program_opts;

/* What is kept of the output: its beginning and its end. */
enum { WSSTLS_PROGRAM_HEAD = 32768, WSSTLS_PROGRAM_TAIL = 32768 };

typedef struct wsstls_program_output {
  const char *head, *tail, *rest; /* head, [cut], tail, then rest */
  size_t head_len, tail_len, rest_len, cut;
} wsstls_program_output;

typedef struct wsstls_program_end {
  int ended, exit, signal;     /* signal 0: it exited; exit -1: not known */
  int children;                /* it left children, which were killed */
  int stopped;                 /* by wsstls_program_stop */
  double duration;             /* seconds; so far, while it runs */
} wsstls_program_end;

/* Errors: PROGRAM_NOT_STARTED, LIMIT_FILES, LIMIT_MEMORY. */
wsstls_status wsstls_program_start(wsstls_loop *loop,
                                   const wsstls_program_opts *o,
                                   wsstls_program **out, wsstls_error *err);
wsstls_program *wsstls_program_ref(wsstls_program *p);
void wsstls_program_unref(wsstls_program *p); /* NULL is fine; stops it */
/* Kills the group and waits for the leader, which takes no time after
 * SIGKILL. Idempotent. */
void wsstls_program_stop(wsstls_program *p);
/* Asks the leader to go (SIGTERM). */
void wsstls_program_ask(const wsstls_program *p);
int wsstls_program_pid(const wsstls_program *p);
int wsstls_program_is(int pid); /* is it one that runs? */
void wsstls_program_status(const wsstls_program *p, wsstls_program_end *end);
void wsstls_program_read(const wsstls_program *p, wsstls_program_output *out);
/* Bytes of output so far, kept or not. */
size_t wsstls_program_total(const wsstls_program *p);
wsstls_io *wsstls_program_io(wsstls_program *p);

#endif

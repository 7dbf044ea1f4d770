/* program_spawn.h: the process itself; program.c watches it. */
#ifndef WSSTLS_PROGRAM_SPAWN_H
#define WSSTLS_PROGRAM_SPAWN_H

#include <sys/types.h>
#include "program.h"

typedef struct wsstls_process {
  pid_t pid;
  int output;                  /* non-blocking end of its two streams */
  int input;                   /* non-blocking end of its input, or -1 */
} wsstls_process;

/* Starts it as leader of a process group of its own. */
wsstls_status wsstls_process_spawn(const wsstls_program_opts *o,
                                   wsstls_process *out, wsstls_error *err);

#endif

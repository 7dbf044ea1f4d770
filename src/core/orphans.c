/* orphans.c: see orphans.h. */
#include "orphans.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compat.h"
#include "program.h"

void wsstls_orphans_adopt(int on)
{
  WSSTLS_ADOPT_ORPHANS(on);
}

size_t wsstls_orphans_list(int *pids, size_t room)
{
  char path[64];
  FILE *file;
  size_t count = 0;
  int pid;

  /* they are given to the first thread, which also starts our programs */
  snprintf(path, sizeof path, "/proc/self/task/%ld/children",
           (long)getpid());
  file = fopen(path, "re");
  if (file == NULL)
    return 0;
  while (count < room && fscanf(file, "%d", &pid) == 1)
    if (!wsstls_program_is(pid))
      pids[count++] = pid;
  fclose(file);
  return count;
}

void wsstls_orphans_kill(int pid)
{
  pid_t got;

  kill(pid, SIGKILL);
  do
    got = waitpid(pid, NULL, 0);
  while (got < 0 && errno == EINTR);
}

static volatile sig_atomic_t told;
static struct sigaction interpreters; /* for SIGINT */

/* A second signal ends the process as it is. */
static void interrupt(int number)
{
  (void)number;
  told = 1;
  signal(SIGTERM, SIG_DFL);
  sigaction(SIGINT, &interpreters, NULL);
  raise(SIGINT);
}

void wsstls_orphans_prevent(void)
{
  struct sigaction action = { .sa_handler = interrupt };

  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &interpreters);
  sigaction(SIGTERM, &action, NULL);
}

int wsstls_orphans_told(void)
{
  return told;
}

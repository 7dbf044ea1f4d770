/* program_spawn.c: fork and exec, with the reason when exec fails.
 *
 * Not posix_spawn: only a fork can ask to die with its parent. Between fork
 * and exec nothing but system calls is used (signal-safety(7)).
 */
#include "program_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compat.h"

extern char **environ;

enum { READ = 0, WRITE = 1, REPORT_FD = 3, MOST_FDS = 65536 };

typedef struct pipes {
  int input[2], output[2], report[2];
} pipes;

static void close_one(int *fd)
{
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

static void close_pipes(pipes *p)
{
  for (int i = 0; i < 2; i++) {
    close_one(&p->input[i]);
    close_one(&p->output[i]);
    close_one(&p->report[i]);
  }
}

static int set_nonblocking(int fd)
{
  return fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Above the standard streams, whose places are free in a process that was
 * started without them. */
static int lift(int *fd)
{
  int high;

  if (*fd < 0 || *fd > 2)
    return 0;
  high = fcntl(*fd, F_DUPFD_CLOEXEC, REPORT_FD);
  if (high < 0)
    return -1;
  close(*fd);
  *fd = high;
  return 0;
}

static int open_pipes(pipes *p, int with_input)
{
  memset(p, -1, sizeof *p);
  if (pipe2(p->output, O_CLOEXEC) < 0 || pipe2(p->report, O_CLOEXEC) < 0)
    return -1;
  if (with_input) {
    if (pipe2(p->input, O_CLOEXEC) < 0 || set_nonblocking(p->input[WRITE]) < 0)
      return -1;
  } else {
    p->input[READ] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (p->input[READ] < 0)
      return -1;
  }
  for (int i = 0; i < 2; i++)
    if (lift(&p->input[i]) < 0 || lift(&p->output[i]) < 0 ||
        lift(&p->report[i]) < 0)
      return -1;
  return set_nonblocking(p->output[READ]);
}

/* ------------------------------------------------------------ environment */

static size_t name_length(const char *entry)
{
  return strcspn(entry, "=");
}

static int is_changed(const char *entry, const char *const *changes)
{
  size_t len = name_length(entry);

  for (; changes != NULL && *changes != NULL; changes++)
    if (name_length(*changes) == len && strncmp(*changes, entry, len) == 0)
      return 1;
  return 0;
}

/* Ours with the changes; the strings are borrowed. NULL: no memory. */
static char **make_environment(const char *const *changes)
{
  size_t count = 1, n = 0;
  char **out;

  for (char **e = environ; *e != NULL; e++)
    count++;
  for (const char *const *c = changes; c != NULL && *c != NULL; c++)
    count++;
  out = calloc(count, sizeof *out);
  if (out == NULL)
    return NULL;
  for (char **e = environ; *e != NULL; e++)
    if (!is_changed(*e, changes))
      out[n++] = *e;
  for (const char *const *c = changes; c != NULL && *c != NULL; c++)
    if (strchr(*c, '=') != NULL)
      memcpy(&out[n++], c, sizeof *c); /* exec takes no const, and changes
                                        * nothing */
  return out;
}

/* ------------------------------------------------- in the child, after fork */

/* What this process ignores (lws: SIGPIPE) or blocks is no business of the
 * program's. */
static void reset_signals(void)
{
  struct sigaction standard;
  sigset_t none;

  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int i = 1; i < NSIG; i++)
    sigaction(i, &standard, NULL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A descriptor of ours in the program would keep our connections open. */
static void close_others(void)
{
  long most = sysconf(_SC_OPEN_MAX);

  if (WSSTLS_CLOSE_FROM(REPORT_FD + 1))
    return;
  if (most < 0 || most > MOST_FDS)
    most = MOST_FDS;
  for (int fd = REPORT_FD + 1; fd < most; fd++)
    close(fd);
}

static void become(const wsstls_program_opts *o, const pipes *p, char **env,
                   pid_t parent)
{
  int reason, report = p->report[WRITE];

  setpgid(0, 0);
  WSSTLS_DIE_WITH_PARENT();
  if (getppid() != parent)
    _exit(127);
  reset_signals();
  if (o->cwd != NULL && chdir(o->cwd) < 0)
    goto fail;
  if (dup2(p->input[READ], 0) < 0 || dup2(p->output[WRITE], 1) < 0 ||
      dup2(p->output[WRITE], 2) < 0)
    goto fail;
  if (report != REPORT_FD && dup3(report, REPORT_FD, O_CLOEXEC) < 0)
    goto fail;
  report = REPORT_FD;
  close_others();
  environ = env; /* its PATH is the one to search */
  execvp(o->argv[0], o->argv);
fail:
  reason = errno;
  if (write(report, &reason, sizeof reason) < 0)
    _exit(126);
  _exit(127);
}

/* -------------------------------------------------------------- our side */

/* The child closes its end when it execs, or says why it could not. */
static int read_reason(int fd)
{
  int reason = 0;
  ssize_t n;

  do
    n = read(fd, &reason, sizeof reason);
  while (n < 0 && errno == EINTR);
  return n == (ssize_t)sizeof reason ? reason : 0;
}

static wsstls_status no_descriptor(wsstls_error *err, const char *what)
{
  return wsstls_error_set(err, WSSTLS_LIMIT_FILES, "%s: %s", what,
                          strerror(errno));
}

static pid_t start(const wsstls_program_opts *o, pipes *p, char **env)
{
  pid_t parent = getpid(), pid = fork();

  if (pid == 0)
    become(o, p, env, parent);
  if (pid > 0)
    setpgid(pid, pid); /* whoever comes first */
  return pid;
}

wsstls_status wsstls_process_spawn(const wsstls_program_opts *o,
                                   wsstls_process *out, wsstls_error *err)
{
  char **env = make_environment(o->env);
  wsstls_status status = WSSTLS_OK;
  int reason;
  pipes p;

  if (env == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  out->pid = open_pipes(&p, o->input != NULL) == 0 ? start(o, &p, env) : -1;
  if (out->pid < 0)
    status = no_descriptor(err, o->argv[0]);
  free(env);
  if (out->pid < 0) {
    close_pipes(&p);
    return status;
  }
  close_one(&p.report[WRITE]);
  reason = read_reason(p.report[READ]);
  out->output = p.output[READ];
  out->input = p.input[WRITE];
  p.output[READ] = p.input[WRITE] = -1;
  close_pipes(&p);
  if (reason == 0)
    return WSSTLS_OK;
  return wsstls_error_set(err, WSSTLS_PROGRAM_NOT_STARTED, "%s: %s",
                          o->argv[0], strerror(reason));
}

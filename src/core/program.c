/* program.c: see program.h. */
#include "program.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "program_spawn.h"

enum { CHUNK = 16384, CHUNKS = 16, CHECK_US = 10000, SOON_US = 500 };

struct wsstls_program {
  wsstls_io io;                /* first: the loop casts; its output */
  wsstls_program *next;        /* in the list of those that run */
  wsstls_timer timer;          /* is it over? more input? */
  int refs;
  pid_t pid, owner;            /* owner: the process that started it */
  int input;
  char *feed;
  size_t feed_len, fed;
  int64_t started, finished;
  wsstls_program_end end;
  size_t total, tail_at;       /* the tail is a ring */
  char head[WSSTLS_PROGRAM_HEAD], tail[WSSTLS_PROGRAM_TAIL];
};

/* A process that just exits closes no Lua state: what still runs then is
 * killed on the way out. */
static wsstls_program *running;

__attribute__((destructor))
static void kill_all(void)
{
  for (const wsstls_program *p = running; p != NULL; p = p->next)
    if (p->owner == getpid())
      kill(-p->pid, SIGKILL);
}

static void leave_list(wsstls_program *p)
{
  wsstls_program **at = &running;

  while (*at != NULL && *at != p)
    at = &(*at)->next;
  if (*at == p)
    *at = p->next;
}

/* ------------------------------------------------------------------ output */

static void keep(wsstls_program *p, const char *bytes, size_t len)
{
  if (p->total < WSSTLS_PROGRAM_HEAD) {
    size_t room = WSSTLS_PROGRAM_HEAD - p->total;
    size_t part = len < room ? len : room;

    memcpy(p->head + p->total, bytes, part);
    p->total += part;
    bytes += part;
    len -= part;
  }
  for (size_t i = 0; i < len; i++) {
    p->tail[p->tail_at] = bytes[i];
    p->tail_at = (p->tail_at + 1) % WSSTLS_PROGRAM_TAIL;
  }
  p->total += len;
}

/* A loop that ends tells nobody, and must not hold what it cannot drop. */
static void tell(wsstls_program *p)
{
  if (!p->io.loop->closing)
    wsstls_io_ready(&p->io);
}

static void close_output(wsstls_program *p)
{
  int fd = p->io.fd;

  if (fd < 0)
    return;
  wsstls_io_unwatch(&p->io);
  close(fd);
}

/* A flood gets a bounded part of every turn. */
static void drain(wsstls_program *p)
{
  char bytes[CHUNK];

  for (int i = 0; i < CHUNKS && p->io.fd >= 0; i++) {
    ssize_t n = read(p->io.fd, bytes, sizeof bytes);

    if (n > 0) {
      keep(p, bytes, (size_t)n);
      tell(p);
      continue;
    }
    if (n < 0 && errno == EINTR)
      continue;
    if (n == 0 || errno != EAGAIN)
      close_output(p);
    return;
  }
}

size_t wsstls_program_total(const wsstls_program *p)
{
  return p->total;
}

void wsstls_program_read(const wsstls_program *p, wsstls_program_output *out)
{
  size_t beyond;

  memset(out, 0, sizeof *out);
  out->head = p->head;
  out->tail = out->rest = p->tail;
  if (p->total <= WSSTLS_PROGRAM_HEAD) {
    out->head_len = p->total;
    return;
  }
  out->head_len = WSSTLS_PROGRAM_HEAD;
  beyond = p->total - WSSTLS_PROGRAM_HEAD;
  if (beyond <= WSSTLS_PROGRAM_TAIL) {
    out->tail_len = beyond;
    return;
  }
  out->cut = beyond - WSSTLS_PROGRAM_TAIL;
  out->tail = p->tail + p->tail_at;
  out->tail_len = WSSTLS_PROGRAM_TAIL - p->tail_at;
  out->rest_len = p->tail_at;
}

/* --------------------------------------------------------------------- end */

static void close_input(wsstls_program *p)
{
  if (p->input >= 0)
    close(p->input);
  p->input = -1;
  free(p->feed);
  p->feed = NULL;
}

static void ended(wsstls_program *p, int status, int known)
{
  leave_list(p);
  p->end.ended = 1;
  p->end.exit = known && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  p->end.signal = known && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  p->finished = wsstls_now();
  /* Process numbers are given out in a circle: this one cannot belong to a
   * stranger's group so soon. If anybody answers, it left children. */
  p->end.children = kill(-p->pid, SIGKILL) == 0;
  drain(p); /* what it wrote last is in the pipe */
  close_output(p);
  close_input(p);
  wsstls_timer_cancel(&p->io.loop->timers, &p->timer);
  tell(p);
}

static void check(wsstls_program *p, int options)
{
  int status = 0;
  pid_t got;

  if (p->end.ended)
    return;
  do
    got = waitpid(p->pid, &status, options);
  while (got < 0 && errno == EINTR);
  if (got == p->pid)
    ended(p, status, 1);
  else if (got < 0)
    ended(p, 0, 0); /* somebody else reaps children here */
}

static void feed(wsstls_program *p)
{
  while (p->feed != NULL && p->fed < p->feed_len) {
    ssize_t n = write(p->input, p->feed + p->fed, p->feed_len - p->fed);

    if (n > 0)
      p->fed += (size_t)n;
    else if (n < 0 && errno == EINTR)
      continue;
    else if (n < 0 && errno == EAGAIN)
      return;
    else
      break; /* it does not read: its exit will say what that means */
  }
  free(p->feed); /* the pipe stays open: most take its end as a wish to go */
  p->feed = NULL;
}

static void on_timer(wsstls_timer *timer)
{
  wsstls_program *p = (wsstls_program *)(void *)
    ((char *)timer - offsetof(wsstls_program, timer));

  feed(p);
  check(p, WNOHANG);
  if (!p->end.ended)
    wsstls_timer_set(&p->io.loop->timers, timer, wsstls_now() + CHECK_US);
}

static void on_events(wsstls_io *io, unsigned events)
{
  wsstls_program *p = (wsstls_program *)io;

  (void)events;
  drain(p);
  if (p->io.fd >= 0)
    return;
  check(p, WNOHANG); /* it closed its output: usually it is over */
  if (!p->end.ended)
    wsstls_timer_set(&p->io.loop->timers, &p->timer, wsstls_now() + SOON_US);
}

void wsstls_program_stop(wsstls_program *p)
{
  if (p->end.ended || p->owner != getpid())
    return; /* a forked child of ours has no say in it */
  p->end.stopped = 1;
  kill(-p->pid, SIGKILL);
  kill(p->pid, SIGKILL);
  check(p, 0);
}

void wsstls_program_ask(const wsstls_program *p)
{
  if (!p->end.ended && p->owner == getpid())
    kill(p->pid, SIGTERM);
}

/* -------------------------------------------------------------------- life */

static void hold(wsstls_io *io)
{
  wsstls_program_ref((wsstls_program *)io);
}

static void drop(wsstls_io *io)
{
  wsstls_program_unref((wsstls_program *)io);
}

static void on_shutdown(wsstls_io *io)
{
  wsstls_program_stop((wsstls_program *)io);
}

static wsstls_program *create(wsstls_loop *loop, const wsstls_program_opts *o)
{
  wsstls_program *p = calloc(1, sizeof *p);

  if (p == NULL)
    return NULL;
  if (o->input != NULL) {
    p->feed = malloc(o->input_len + 1);
    if (p->feed == NULL) {
      free(p);
      return NULL;
    }
    memcpy(p->feed, o->input, o->input_len);
    p->feed_len = o->input_len;
  }
  p->refs = 1;
  p->input = -1;
  p->io.loop = wsstls_loop_ref(loop);
  p->io.fd = -1;
  p->io.level = 1;
  p->io.on_events = on_events;
  p->io.on_hold = hold;
  p->io.on_drop = drop;
  p->io.on_shutdown = on_shutdown;
  p->timer.fire = on_timer;
  p->end.exit = -1;
  return p;
}

wsstls_status wsstls_program_start(wsstls_loop *loop,
                                   const wsstls_program_opts *o,
                                   wsstls_program **out, wsstls_error *err)
{
  wsstls_program *p = create(loop, o);
  wsstls_process process = { -1, -1, -1 };
  wsstls_status status;

  *out = NULL;
  if (p == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  status = wsstls_process_spawn(o, &process, err);
  if (process.pid > 0) {
    p->next = running;
    running = p;
    p->pid = process.pid;
    p->owner = getpid();
    p->io.fd = process.output;
    p->input = process.input;
    p->started = wsstls_now();
    wsstls_io_watch(&p->io);
  }
  if (status != WSSTLS_OK) {
    p->end.ended = p->pid <= 0;
    wsstls_program_unref(p);
    return status;
  }
  feed(p);
  wsstls_timer_set(&loop->timers, &p->timer, p->started + CHECK_US);
  *out = p;
  return WSSTLS_OK;
}

wsstls_program *wsstls_program_ref(wsstls_program *p)
{
  p->refs++;
  return p;
}

void wsstls_program_unref(wsstls_program *p)
{
  wsstls_loop *loop;

  if (p == NULL || p->refs > 1) {
    if (p != NULL)
      p->refs--;
    return;
  }
  /* still our reference: stopping may tell the loop, which takes another */
  wsstls_program_stop(p);
  if (--p->refs > 0)
    return;
  loop = p->io.loop;
  leave_list(p); /* a forked child of ours stopped nothing */
  wsstls_timer_cancel(&loop->timers, &p->timer);
  close_output(p);
  close_input(p);
  free(p);
  wsstls_loop_unref(loop);
}

int wsstls_program_pid(const wsstls_program *p)
{
  return (int)p->pid;
}

int wsstls_program_is(int pid)
{
  const wsstls_program *p = running;

  while (p != NULL && p->pid != pid)
    p = p->next;
  return p != NULL;
}

void wsstls_program_status(const wsstls_program *p, wsstls_program_end *end)
{
  *end = p->end;
  end->duration = (double)((p->end.ended ? p->finished : wsstls_now()) -
                           p->started) / 1e6;
}

wsstls_io *wsstls_program_io(wsstls_program *p)
{
  return &p->io;
}

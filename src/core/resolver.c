/* resolver.c: see resolver.h. */
#include "resolver.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "loop.h"
#include "poller.h"

enum { MAX_ADDRESSES = 16 };

struct wsstls_lookup {
  wsstls_lookup *next;         /* in `finished` */
  wsstls_lookup *live_next, **live_prev; /* in `live`: this thread's only */
  wsstls_loop *loop;           /* NULL: cancelled */
  wsstls_lookup_done done;
  void *ud;
  int error;
  size_t count;
  char addresses[MAX_ADDRESSES][46];
  char host[];
};

/* Guards `finished` and every lookup's `loop`. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static wsstls_lookup *finished;
static wsstls_lookup *live;    /* not yet answered or cancelled */
static int any_finished; /* read without the lock: a hint, set under it */

int wsstls_is_ip(const char *host)
{
  unsigned char address[16];

  return inet_pton(AF_INET, host, address) == 1 ||
         inet_pton(AF_INET6, host, address) == 1;
}

static void enlist(wsstls_lookup *l)
{
  l->live_next = live;
  l->live_prev = &live;
  if (live != NULL)
    live->live_prev = &l->live_next;
  live = l;
}

static void delist(wsstls_lookup *l)
{
  *l->live_prev = l->live_next;
  if (l->live_next != NULL)
    l->live_next->live_prev = l->live_prev;
}

static void collect(wsstls_lookup *l, const struct addrinfo *ai)
{
  for (; ai != NULL && l->count < MAX_ADDRESSES; ai = ai->ai_next) {
    if (getnameinfo(ai->ai_addr, ai->ai_addrlen, l->addresses[l->count],
                    sizeof l->addresses[0], NULL, 0, NI_NUMERICHOST) == 0)
      l->count++;
  }
}

static void *work(void *arg)
{
  wsstls_lookup *l = arg;
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai = NULL;

  l->error = getaddrinfo(l->host, NULL, &hints, &ai);
  if (l->error == 0) {
    collect(l, ai);
    freeaddrinfo(ai);
  }
  pthread_mutex_lock(&lock);
  if (l->loop == NULL) {
    pthread_mutex_unlock(&lock);
    free(l);
    return NULL;
  }
  l->next = finished;
  finished = l;
  __atomic_store_n(&any_finished, 1, __ATOMIC_RELEASE);
  wsstls_poller_wake(l->loop->poller);
  pthread_mutex_unlock(&lock);
  return NULL;
}

/* A closing Lua state unloads the module; a thread may still be in it. */
static void stay_loaded(void)
{
  static int done;
  Dl_info self;

  if (done || dladdr(&lock, &self) == 0)
    return;
  done = dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE) != NULL;
}

wsstls_lookup *wsstls_lookup_start(wsstls_loop *loop, const char *host,
                                   wsstls_lookup_done done, void *ud)
{
  wsstls_lookup *l = calloc(1, sizeof *l + strlen(host) + 1);
  pthread_attr_t attr;
  pthread_t thread;
  int failed;

  if (l == NULL)
    return NULL;
  memcpy(l->host, host, strlen(host) + 1);
  l->loop = loop;
  l->done = done;
  l->ud = ud;
  stay_loaded();
  pthread_attr_init(&attr);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  failed = pthread_create(&thread, &attr, work, l);
  pthread_attr_destroy(&attr);
  if (failed) {
    free(l);
    return NULL;
  }
  enlist(l);
  return l;
}

void wsstls_lookup_cancel(wsstls_lookup *lookup)
{
  delist(lookup);
  pthread_mutex_lock(&lock);
  for (wsstls_lookup **p = &finished; *p != NULL; p = &(*p)->next) {
    if (*p == lookup) { /* already done: it is ours to free */
      *p = lookup->next;
      pthread_mutex_unlock(&lock);
      free(lookup);
      return;
    }
  }
  lookup->loop = NULL; /* the thread frees it */
  pthread_mutex_unlock(&lock);
}

void wsstls_resolver_run(void)
{
  if (!__atomic_load_n(&any_finished, __ATOMIC_ACQUIRE))
    return;
  for (;;) {
    wsstls_lookup *l;

    pthread_mutex_lock(&lock);
    l = finished;
    if (l != NULL)
      finished = l->next;
    else
      __atomic_store_n(&any_finished, 0, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&lock);
    if (l == NULL)
      return;
    delist(l);
    l->done(l->ud, l->error, (const char (*)[46])l->addresses, l->count);
    free(l);
  }
}

void wsstls_resolver_stop(wsstls_loop *loop)
{
  wsstls_lookup *l = live;

  while (l != NULL) {
    wsstls_lookup *next = l->live_next;

    if (l->loop == loop) {
      wsstls_lookup_done done = l->done;
      void *ud = l->ud;

      wsstls_lookup_cancel(l);
      done(ud, EAI_FAIL, NULL, 0);
    }
    l = next;
  }
}

/* loop.c: see loop.h. */
#include "loop.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "conn_parts.h"
#include "hello.h"
#include "logging.h"
#include "poller.h"
#include "raw.h"
#include "resolver.h"

enum { WANTED_FILES = 65536 };

static wsstls_loop *current;

wsstls_loop *wsstls_loop_current(void)
{
  return current;
}

/* ------------------------------------------------------------ the context */

/* rx_buffer_size is memory of every connection, idle or not. Under TLS we
 * read the frames (conn_frames.c): lws sees those that came with the head, and
 * has room for a control frame. */
#define PROTOCOLS(room) { \
  { .name = "?wsstls", .callback = wsstls_conn_callback, \
    .rx_buffer_size = room, .tx_packet_size = 1 << 20 }, \
  { .name = wsstls_protocol_slot, .callback = wsstls_conn_callback, \
    .rx_buffer_size = room, .tx_packet_size = 1 << 20 }, \
  { 0 } \
}

static const struct lws_protocols plain[] = PROTOCOLS(4096),
  secure[] = PROTOCOLS(128);

static const struct lws_extension extensions[] = {
  { "permessage-deflate", wsstls_conn_extension, WSSTLS_EXTENSION_OFFER },
  { 0 }
};

/* lws sizes its descriptor table once, from the soft limit. */
static void raise_file_limit(void)
{
  struct rlimit limit;

  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
      limit.rlim_cur >= WANTED_FILES)
    return;
  limit.rlim_cur = limit.rlim_max < WANTED_FILES ? limit.rlim_max
                                                 : WANTED_FILES;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/* lws's own keepalive would put every connection into one sorted list,
 * anew at each of its messages. A vhost does not take it from the context. */
static const lws_retry_bo_t no_validity_pings;

static int create_context(wsstls_loop *loop)
{
  struct lws_context_creation_info info;

  memset(&info, 0, sizeof info);
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.gid = -1;
  info.uid = -1;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                 LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
  info.pt_serv_buf_size = WSSTLS_LWS_BUFFER;
  info.max_http_header_data = 32768; /* more than we let through */
  info.max_http_header_pool = 4096;
  info.retry_and_idle_policy = &no_validity_pings;
  info.timeout_secs = 3600; /* every deadline is ours */
  info.connect_timeout_secs = 3600;
  loop->context = lws_create_context(&info);
  return loop->context != NULL;
}

static struct lws_vhost *create_vhost(wsstls_loop *loop, const char *name,
                                      int port, uint64_t options)
{
  struct lws_context_creation_info info;

  memset(&info, 0, sizeof info);
  info.vhost_name = name;
  info.port = port;
  info.protocols = options != 0 ? secure : plain;
  info.extensions = extensions;
  info.options = options;
  info.retry_and_idle_policy = &no_validity_pings;
  info.provided_client_ssl_ctx = loop->client_ctx;
  info.timeout_secs = 3600;
  info.connect_timeout_secs = 3600;
  info.timeout_secs_ah_idle = 3600;
  return lws_create_vhost(loop->context, &info);
}

/* Environment proxies would silently apply to every vhost. */
static void without_proxy(struct lws_vhost *vhost)
{
  lws_set_proxy(vhost, "");
}

static int create_all(wsstls_loop *loop)
{
  if (!create_context(loop))
    return 0;
  loop->client_ctx = wsstls_observer_context(0, wsstls_conn_attach);
  if (loop->client_ctx == NULL)
    return 0;
  /* first: whatever a request's Host says, lws rebinds it to the first vhost
   * of the same port value */
  loop->plain = create_vhost(loop, "wsstls-plain", CONTEXT_PORT_NO_LISTEN,
                             0);
  loop->client = create_vhost(loop, "wsstls-client", CONTEXT_PORT_NO_LISTEN,
                              LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT);
  loop->server = create_vhost(loop, "wsstls-server",
                              CONTEXT_PORT_NO_LISTEN_SERVER,
                              LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                              LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX);
  if (loop->client == NULL || loop->server == NULL || loop->plain == NULL ||
      wsstls_server_context == NULL)
    return 0;
  /* lws has put its own ALPN choice over ours in the meantime */
  wsstls_observer_hook(wsstls_server_context, 1, wsstls_conn_attach);
  without_proxy(loop->client);
  without_proxy(loop->server);
  without_proxy(loop->plain);
  return 1;
}

static void in_child(void)
{
  if (current != NULL)
    current->forked = 1;
}

static void watch_forks(void)
{
  static int watching;

  if (!watching)
    watching = pthread_atfork(NULL, NULL, in_child) == 0;
}

static const wsstls_backend *find_backend(const char *name)
{
  static const wsstls_backend *const all[] = {
    &wsstls_backend_epoll, &wsstls_backend_libev, &wsstls_backend_libuv,
    &wsstls_backend_poll
  };

  if (strcmp(name, "auto") == 0)
    return all[0];
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(name, all[i]->name) == 0)
      return all[i];
  return NULL;
}

void wsstls_loop_shutdown(wsstls_loop *loop)
{
  if (loop->closing)
    return;
  wsstls_loop_ref(loop);
  loop->closing = 1;
  wsstls_resolver_stop(loop);
  if (loop->context != NULL)
    lws_context_destroy(loop->context);
  loop->context = NULL;
  SSL_CTX_free(loop->client_ctx); /* lws does not own it */
  loop->client_ctx = NULL;
  for (int fd = 0; fd < loop->table_size; fd++)
    if (loop->table[fd] != NULL && loop->table[fd]->on_shutdown != NULL)
      loop->table[fd]->on_shutdown(loop->table[fd]);
  wsstls_io_drop_lists(loop);
  if (loop->backend->close != NULL)
    loop->backend->close(loop);
  wsstls_poller_close(loop->poller);
  loop->poller = NULL;
  if (current == loop)
    current = NULL;
  wsstls_log_free();
  wsstls_hello_forget();
  wsstls_loop_unref(loop);
}

static void destroy(wsstls_loop *loop)
{
  loop->refs = 1; /* shutting down takes and drops references */
  wsstls_loop_shutdown(loop);
  wsstls_io_drop_lists(loop);
  wsstls_wires_free(&loop->wires);
  wsstls_raw_forget(loop);
  wsstls_timers_free(&loop->timers);
  free(loop->table);
  free(loop->scratch);
  free(loop);
}

static wsstls_status open_failed(wsstls_loop *loop, wsstls_error *err)
{
  wsstls_status status = WSSTLS_UNKNOWN;

  if (err != NULL && err->status != WSSTLS_OK)
    status = err->status;
  else
    wsstls_error_set(err, status, "the '%s' event loop does not start",
                     loop->backend->name);
  destroy(loop);
  return status;
}

wsstls_status wsstls_loop_open(const char *name, wsstls_loop **out,
                               wsstls_error *err)
{
  const wsstls_backend *backend = find_backend(name);
  wsstls_loop *loop;

  *out = NULL;
  if (err != NULL)
    err->status = WSSTLS_OK;
  if (current != NULL) {
    *out = wsstls_loop_ref(current);
    return WSSTLS_OK;
  }
  if (backend == NULL)
    return wsstls_error_set(err, WSSTLS_UNKNOWN, "no event loop '%s' here",
                            name);
  loop = calloc(1, sizeof *loop);
  if (loop == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  loop->refs = 1;
  loop->backend = backend;
  loop->ready_tail = &loop->ready;
  watch_forks();
  raise_file_limit();
  wsstls_log_init();
  loop->poller = wsstls_poller_open(loop, err);
  if (loop->poller == NULL || !wsstls_wires_init(&loop->wires) ||
      (backend->open != NULL && !backend->open(loop, err)) ||
      !create_all(loop))
    return open_failed(loop, err);
  *out = current = loop;
  return WSSTLS_OK;
}

wsstls_loop *wsstls_loop_ref(wsstls_loop *loop)
{
  loop->refs++;
  return loop;
}

void wsstls_loop_unref(wsstls_loop *loop)
{
  if (loop == NULL || --loop->refs > 0)
    return;
  if (loop->dying) /* its last objects let go while it goes */
    return;
  loop->dying = 1;
  destroy(loop);
}

/* ---------------------------------------------------------------- a turn */

int64_t wsstls_loop_timeout(const wsstls_loop *loop)
{
  if (loop->again != NULL || loop->ready != NULL || loop->dirty != NULL)
    return 0;
  return wsstls_timers_next(&loop->timers, wsstls_now());
}

static void settle(wsstls_loop *loop)
{
  wsstls_timers_run(&loop->timers, wsstls_now());
  wsstls_resolver_run();
  wsstls_io_run_again(loop);
}

static void wait_for(wsstls_loop *loop, int64_t timeout_us)
{
  if (loop->backend->block == NULL) {
    wsstls_poller_turn(loop->poller, timeout_us);
    return;
  }
  if (timeout_us != 0 && wsstls_poller_alarm(loop->poller, timeout_us))
    loop->backend->block(loop);
  wsstls_poller_turn(loop->poller, 0);
}

int wsstls_loop_step(wsstls_loop *loop, int64_t timeout_us)
{
  int64_t own;

  if (loop->stepping || loop->closing)
    return 0;
  loop->stepping = 1;
  settle(loop);
  wsstls_io_run_dirty(loop);
  own = wsstls_loop_timeout(loop);
  if (own >= 0 && (timeout_us < 0 || own < timeout_us))
    timeout_us = own;
  wait_for(loop, timeout_us);
  settle(loop); /* what is dirty now may get company from the application */
  loop->stepping = 0;
  return 1;
}

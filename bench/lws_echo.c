/* lws_echo.c: libwebsockets by itself: a wss server that echoes messages.
 *
 * lws_echo CERT KEY [tuned [ev]]     prints "ready PORT", serves until killed
 *
 * As its documentation and examples have it (the default): the poll loop,
 * the sizes lws chooses, answers written from the writeable callback. tuned:
 * packets of 1 MiB, receive buffers of 16 KiB, no validity timers, answers
 * written at once where nothing is queued; ev: on libev as well.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct session {
  unsigned char *message; /* LWS_PRE bytes of room, then the payload */
  size_t length, capacity;
  int binary, ready;
} session;

static int tuned;

static int session_append(session *s, const void *in, size_t n)
{
  size_t need = LWS_PRE + s->length + n;
  unsigned char *p;

  if (need > s->capacity) {
    p = realloc(s->message, need + need / 2);
    if (p == NULL)
      return -1;
    s->message = p;
    s->capacity = need + need / 2;
  }
  memcpy(s->message + LWS_PRE + s->length, in, n);
  s->length += n;
  return 0;
}

static int session_write(session *s, struct lws *wsi)
{
  int n = lws_write(wsi, s->message + LWS_PRE, s->length,
                    s->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);

  n = n < (int)s->length ? -1 : 0;
  s->length = 0;
  s->ready = 0;
  return n;
}

static int session_receive(session *s, struct lws *wsi, void *in, size_t n)
{
  if (session_append(s, in, n) != 0)
    return -1;
  s->binary = lws_frame_is_binary(wsi);
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
    return 0;
  if (tuned && !lws_partial_buffered(wsi))
    return session_write(s, wsi);
  s->ready = 1;
  lws_callback_on_writable(wsi);
  return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason,
                    void *user, void *in, size_t length)
{
  session *s = user;

  switch ((int)reason) {
  case LWS_CALLBACK_RECEIVE:
    return session_receive(s, wsi, in, length);
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return s->ready ? session_write(s, wsi) : 0;
  case LWS_CALLBACK_CLOSED:
    free(s->message);
    s->message = NULL;
    return 0;
  default:
    return lws_callback_http_dummy(wsi, reason, user, in, length);
  }
}

static struct lws_protocols protocols[] = {
  { .name = "echo", .callback = callback,
    .per_session_data_size = sizeof(session) },
  { .name = NULL }
};
static const lws_retry_bo_t no_validity;

int main(int argc, char **argv)
{
  struct lws_context_creation_info info;
  struct lws_context *context;
  struct lws_vhost *vhost;
  struct rlimit limit;

  if (argc < 3) {
    fprintf(stderr, "usage: lws_echo CERT KEY [tuned [ev]]\n");
    return 1;
  }
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  tuned = argc > 3;
  memset(&info, 0, sizeof info);
  info.iface = "lo";
  info.protocols = protocols;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
    LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
  if (argc > 4)
    info.options |= LWS_SERVER_OPTION_LIBEV;
  info.ssl_cert_filepath = argv[1];
  info.ssl_private_key_filepath = argv[2];
  if (tuned) {
    protocols[0].rx_buffer_size = 16384;
    protocols[0].tx_packet_size = 1 << 20;
    info.pt_serv_buf_size = 16448;
    info.retry_and_idle_policy = &no_validity;
  }
  lws_set_log_level(LLL_ERR, NULL);
  context = lws_create_context(&info);
  if (context == NULL || (vhost = lws_create_vhost(context, &info)) == NULL)
    return 1;
  printf("ready %d\n", lws_get_vhost_listen_port(vhost));
  fflush(stdout);
  while (lws_service(context, 0) >= 0)
    ;
  lws_context_destroy(context);
  return 0;
}

/* lws_client.c: libwebsockets by itself as a client: COUNT times connect,
 * verify, echo 64 bytes, close.
 *
 * lws_client PORT CA COUNT      prints cpu=MICROSECONDS per round
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct lws_context *context;
static int port, ended, echoed;

static int callback(struct lws *wsi, enum lws_callback_reasons reason,
                    void *user, void *in, size_t length)
{
  unsigned char message[LWS_PRE + 64];

  switch ((int)reason) {
  case LWS_CALLBACK_CLIENT_ESTABLISHED:
    lws_callback_on_writable(wsi);
    return 0;
  case LWS_CALLBACK_CLIENT_WRITEABLE:
    memset(message, 'x', sizeof message);
    return lws_write(wsi, message + LWS_PRE, 64, LWS_WRITE_BINARY) < 64;
  case LWS_CALLBACK_CLIENT_RECEIVE:
    echoed = length == 64;
    lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
    return -1;
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    fprintf(stderr, "lws_client: %s\n", in ? (char *)in : "no connection");
    exit(1);
  case LWS_CALLBACK_CLIENT_CLOSED:
    ended = 1;
    return 0;
  default:
    return lws_callback_http_dummy(wsi, reason, user, in, length);
  }
}

static const struct lws_protocols protocols[] = {
  { .name = "echo", .callback = callback },
  { .name = NULL }
};

static void rounds(long count)
{
  struct lws_client_connect_info info;

  for (; count > 0; count--) {
    memset(&info, 0, sizeof info);
    info.context = context;
    info.address = info.host = "127.0.0.1";
    info.port = port;
    info.path = "/";
    info.local_protocol_name = "echo";
    info.ssl_connection = LCCSCF_USE_SSL |
      /* lws compares an address with DNS names only, and would refuse */
      LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
    ended = echoed = 0;
    if (lws_client_connect_via_info(&info) == NULL)
      exit(1);
    while (!ended)
      lws_service(context, 0);
    if (!echoed)
      exit(1);
  }
}

int main(int argc, char **argv)
{
  struct lws_context_creation_info info;
  clock_t before;
  long count;

  if (argc != 4)
    return 1;
  port = atoi(argv[1]);
  count = atol(argv[3]);
  memset(&info, 0, sizeof info);
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = protocols;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.client_ssl_ca_filepath = argv[2];
  lws_set_log_level(LLL_ERR, NULL);
  context = lws_create_context(&info);
  if (context == NULL)
    return 1;
  rounds(count / 10 + 1);
  before = clock();
  rounds(count);
  printf("cpu=%.1f\n", (double)(clock() - before) / CLOCKS_PER_SEC /
         (double)count * 1e6);
  lws_context_destroy(context);
  return 0;
}

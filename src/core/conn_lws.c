/* conn_lws.c: what libwebsockets tells us, and what we answer.
 *
 * Everything here runs under an lws callback: it records and queues, and
 * never calls the application.
 */
#include "conn_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "linger.h"
#include "listener.h"

char wsstls_protocol_slot[128] = "?none";

SSL_CTX *wsstls_server_context;

static void hook_server(SSL_CTX *ctx)
{
  wsstls_server_context = ctx;
  SSL_CTX_set_min_proto_version(ctx, 0); /* the floor is per connection */
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  wsstls_observer_hook(ctx, 1, wsstls_conn_attach);
}

/* Client: the TCP connection is there; TLS or the request comes next. */
static void created(wsstls_conn *c, struct lws *wsi)
{
  wsstls_record *r = &c->o.record;

  c->wsi = wsi;
  c->tcp_connected = 1;
  if (r->proxy_host == NULL) /* else it is our own tunnel */
    wsstls_record_event(r, WSSTLS_EVENT_CONNECTED, 0, 0);
  if (c->io.fd < 0) {
    c->io.fd = lws_get_socket_fd(wsi);
    c->wire.fd = c->io.fd;
    wsstls_io_watch(&c->io);
  }
  wsstls_conn_connecting(c, 0);
  r->phase = c->o.tls != NULL ? WSSTLS_PHASE_TLS : WSSTLS_PHASE_UPGRADE;
  wsstls_conn_arm(c);
}

static void established(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;

  if (c->opened || c->ended)
    return;
  c->opened = 1;
  c->reads_frames = c->o.tls != NULL;
  c->wire.gate = c->reads_frames; /* before lws can read on */
  if (wsstls_conn_veiled(c))
    lws_rx_flow_control(c->wsi, 0);
  c->open_due = 1;
  r->phase = WSSTLS_PHASE_OPEN;
  r->http_status = 101;
  if (r->is_server) /* lws wrote it: we do not know how long it is */
    wsstls_record_event(r, WSSTLS_EVENT_HTTP_RESPONSE, 0, 0);
  wsstls_record_event(r, WSSTLS_EVENT_OPEN, 0, 0);
  if (c->wire.ssl != NULL)
    wsstls_observer_settle(c->wire.ssl);
  lws_set_timeout(c->wsi, NO_PENDING_TIMEOUT, 0);
  wsstls_conn_arm(c);
  wsstls_conn_keepalive(c);
  wsstls_conn_notify(c);
  wsstls_conn_read_early(c);
}

static void saw_reset(wsstls_record *r)
{
  r->reset_seen = 1;
  r->os_errno = ECONNRESET;
  wsstls_record_event(r, WSSTLS_EVENT_RESET_SEEN, 0, ECONNRESET);
}

/* Of a socket that it may not read lws's tick sees only that it hung up, and
 * closes it: only a RST leaves one that nobody has closed in this state. */
static void note_unread_reset(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;
  struct tcp_info info;
  socklen_t len = sizeof info;

  if (r->reset_seen || c->wire.read_failed ||
      getsockopt(c->io.fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
      info.tcpi_state != TCP_CLOSE)
    return;
  saw_reset(r);
}

static void connection_error(wsstls_conn *c, const char *text, size_t len)
{
  if (text != NULL && len > 0)
    wsstls_record_log(&c->o.record, text, strnlen(text, len));
  if (!c->tcp_connected)
    return;
  if (!c->ended && c->o.tls != NULL)
    note_unread_reset(c);
  wsstls_conn_end(c, WSSTLS_OK);
}

static void destroyed(wsstls_conn *c)
{
  c->wsi = NULL;
  c->wire.ssl = NULL;
  wsstls_conn_connecting(c, 0);
  wsstls_io_unwatch(&c->io);
  c->wire.fd = -1;
  if (!c->o.record.is_server && !c->tcp_connected)
    wsstls_conn_dial_failed(c);
  else
    wsstls_conn_end(c, WSSTLS_OK);
  if (c->ended)
    wsstls_timer_cancel(&c->io.loop->timers, &c->timer);
  if (c->wsi_born) {
    c->wsi_born = 0;
    if (c->listener != NULL)
      wsstls_listener_released(c->listener);
    wsstls_conn_unref(c);
  }
}

/* lws read a plain socket's end itself; the kernel still knows which one. */
static void note_tcp_state(wsstls_conn *c)
{
  struct tcp_info info;
  socklen_t len = sizeof info;

  if (getsockopt(c->io.fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
    return;
  c->dropped_by_lws = c->opened && !c->killed &&
                      (info.tcpi_state == TCP_FIN_WAIT1 ||
                       info.tcpi_state == TCP_FIN_WAIT2 ||
                       info.tcpi_state == TCP_CLOSING ||
                       /* both have closed by now; lws said why it did */
                       (info.tcpi_state == TCP_CLOSE &&
                        c->o.record.nlogs > 0));
  if (c->o.record.eof_seen || c->o.record.reset_seen || c->dropped_by_lws)
    return;
  c->o.record.eof_seen = info.tcpi_state == TCP_CLOSE_WAIT;
  if (info.tcpi_state == TCP_CLOSE)
    saw_reset(&c->o.record);
}

/* lws is about to close the descriptor. Where it did so by itself this is the
 * first chance to see that it refused a frame. */
static void closing(wsstls_conn *c)
{
  if (!c->ended && c->o.tls != NULL)
    note_unread_reset(c);
  wsstls_conn_refused(c);
  if (!c->ended && c->o.tls == NULL)
    note_tcp_state(c);
  if (c->close_written && c->wire.ssl != NULL && !c->wire.read_failed)
    SSL_shutdown(c->wire.ssl); /* lws's client does not */
  if (wsstls_wire_unsent(&c->wire) > 0)
    wsstls_linger(c->io.loop, &c->wire);
  wsstls_io_unwatch(&c->io); /* a duplicate would keep it in epoll */
  wsstls_conn_end(c, WSSTLS_OK);
}

static int confirm_upgrade(wsstls_conn *c)
{
  if (c->head != WSSTLS_HEAD_ACCEPTED)
    return -1;
  /* lws matches the client's list against its protocol table right after
   * this; the slot is the one entry that can match */
  snprintf(wsstls_protocol_slot, sizeof wsstls_protocol_slot, "%s",
           c->protocol != NULL ? c->protocol : "?none");
  wsstls_conn_extension_offered(c);
  return 0;
}

void wsstls_conn_pong(wsstls_conn *c, wsstls_item *pong)
{
  if (c->ping_waiting)
    wsstls_conn_keepalive(c);
  if (pong->len == WSSTLS_KEEPALIVE_LEN &&
      memcmp(pong->data, WSSTLS_KEEPALIVE, WSSTLS_KEEPALIVE_LEN) == 0)
    free(pong);
  else
    wsstls_conn_queue(c, pong);
}

static void pong(wsstls_conn *c, const char *in, size_t len)
{
  wsstls_item *item;

  if (c->ended || wsstls_conn_wrongly_masked(c))
    return;
  if (lws_get_reserved_bits(c->wsi) != 0) {
    wsstls_conn_violation(c, WSSTLS_WS_PROTOCOL_ERROR, 1002, "rsv bits");
    return;
  }
  item = wsstls_item_new(WSSTLS_ITEM_PONG, len);
  if (item == NULL)
    return;
  item->len = len;
  if (len > 0)
    memcpy(item->data, in, len);
  wsstls_conn_pong(c, item);
}

static int close_frame(wsstls_conn *c, unsigned char *in, size_t len)
{
  /* lws has put 1002 in the place of codes it does not like */
  if (c->scan.over && len >= 2 && c->control->len >= 2)
    memcpy(in, c->control->data, 2);
  return wsstls_conn_close_received(c, in, len,
                                    lws_get_reserved_bits(c->wsi));
}

static int on_conn(wsstls_conn *c, struct lws *wsi,
                   enum lws_callback_reasons reason, void *in, size_t len)
{
  switch ((int)reason) {
  case LWS_CALLBACK_WSI_CREATE:
    if (!c->o.record.is_server)
      created(c, wsi);
    return 0;
  case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
    wsstls_record_event(&c->o.record, WSSTLS_EVENT_HTTP_REQUEST, 0, 0);
    if (c->o.tls == NULL) /* with TLS it is held since the handshake */
      wsstls_conn_hold(c);
    return wsstls_conn_request(c, in, len);
  case LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED:
    return !c->compress;
  case LWS_CALLBACK_CONFIRM_EXTENSION_OKAY:
    return wsstls_conn_extension_declined();
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
    return confirm_upgrade(c);
  case LWS_CALLBACK_HTTP:
    return -1; /* only upgrades are let through to lws */
  case LWS_CALLBACK_ESTABLISHED:
  case LWS_CALLBACK_CLIENT_ESTABLISHED:
    established(c);
    return 0;
  case LWS_CALLBACK_RECEIVE:
  case LWS_CALLBACK_CLIENT_RECEIVE:
    wsstls_conn_received(c, in, len);
    return 0;
  case LWS_CALLBACK_RECEIVE_PONG:
  case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
    pong(c, in, len);
    return 0;
  case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
    return close_frame(c, in, len);
  case LWS_CALLBACK_SERVER_WRITEABLE:
  case LWS_CALLBACK_CLIENT_WRITEABLE:
    return wsstls_conn_writable(c);
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    connection_error(c, in, len);
    return 0;
  case LWS_CALLBACK_CLOSED:
  case LWS_CALLBACK_CLIENT_CLOSED:
  case LWS_CALLBACK_CLOSED_HTTP:
  case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
    closing(c);
    return 0;
  case LWS_CALLBACK_WSI_DESTROY:
    destroyed(c);
    return 0;
  default:
    return 0;
  }
}

int wsstls_conn_callback(struct lws *wsi, enum lws_callback_reasons reason,
                         void *user, void *in, size_t len)
{
  wsstls_record *before;
  wsstls_conn *c;
  int result;

  switch ((int)reason) { /* about a vhost, not a connection */
  case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
    hook_server(user);
    return 0;
  case LWS_CALLBACK_PROTOCOL_INIT:
  case LWS_CALLBACK_PROTOCOL_DESTROY:
  case LWS_CALLBACK_GET_THREAD_ID:
  case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
  case LWS_CALLBACK_VHOST_CERT_AGING:
  case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
    return 0;
  default:
    break;
  }
  c = lws_get_opaque_user_data(wsi);
  if (c == NULL)
    return 0;
  before = wsstls_log_current();
  wsstls_conn_ref(c);
  wsstls_log_target(&c->o.record);
  result = on_conn(c, wsi, reason, in, len);
  wsstls_log_target(before == &c->o.record && c->refs == 1 ? NULL : before);
  wsstls_conn_unref(c);
  return result;
}

/* conn_client.c: from a name to a TCP connection, address by address.
 *
 * Every attempt is one numeric address and one wsi, so that refusals keep
 * their errno and the phase's deadline covers them all.
 */
#include "conn_parts.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "resolver.h"
#include "socket.h"

static char *copy(const char *text)
{
  return text != NULL ? strdup(text) : NULL;
}

static int copy_headers(wsstls_conn *c, const wsstls_conn_opts *o)
{
  if (o->nheaders == 0)
    return 1;
  c->headers = calloc(o->nheaders, sizeof *c->headers);
  if (c->headers == NULL)
    return 0;
  for (; c->nheaders < o->nheaders; c->nheaders++) {
    wsstls_header *h = &c->headers[c->nheaders];

    h->name = copy(o->headers[c->nheaders].name);
    h->value = copy(o->headers[c->nheaders].value);
    if (h->name == NULL || h->value == NULL) {
      c->nheaders++;
      return 0;
    }
  }
  return 1;
}

static void resolved(void *ud, int error, const char (*addresses)[46],
                     size_t count)
{
  wsstls_conn *c = ud;
  wsstls_record *r = &c->o.record;

  c->lookup = NULL;
  if (!c->ended && (error != 0 || count == 0)) {
    r->phase = WSSTLS_PHASE_DNS;
    r->outcome.message = copy(gai_strerror(error));
    wsstls_conn_end(c, error == EAI_NONAME ? WSSTLS_DNS_NOT_FOUND
                                           : WSSTLS_DNS_FAILED);
  } else if (!c->ended) {
    c->addresses = malloc(count * sizeof *c->addresses);
    if (c->addresses == NULL) {
      wsstls_conn_end(c, WSSTLS_LIMIT_MEMORY);
    } else {
      memcpy(c->addresses, addresses, count * sizeof *c->addresses);
      c->naddresses = count;
      wsstls_record_event(r, WSSTLS_EVENT_RESOLVED, (int)count, 0);
      r->phase = WSSTLS_PHASE_TCP;
      wsstls_conn_dial(c);
    }
  }
  wsstls_conn_unref(c); /* the lookup's reference */
}

static void start(wsstls_conn *c)
{
  if (wsstls_is_ip(c->host)) {
    c->addresses = malloc(sizeof *c->addresses);
    if (c->addresses == NULL) {
      wsstls_conn_end(c, WSSTLS_LIMIT_MEMORY);
      return;
    }
    snprintf(c->addresses[0], sizeof c->addresses[0], "%s", c->host);
    c->naddresses = 1;
    wsstls_conn_dial(c);
    return;
  }
  c->o.record.phase = WSSTLS_PHASE_DNS;
  c->o.record.peer_host = copy(c->host);
  c->o.record.peer_port = (uint16_t)c->port;
  wsstls_conn_ref(c);
  c->lookup = wsstls_lookup_start(c->io.loop, c->host, resolved, c);
  if (c->lookup == NULL) {
    wsstls_conn_end(c, WSSTLS_DNS_FAILED);
    wsstls_conn_unref(c);
  }
}

static void note_proxy(wsstls_record *r, const wsstls_conn_proxy *proxy)
{
  if (proxy->host == NULL)
    return;
  wsstls_record_string(&r->proxy_host, proxy->host, strlen(proxy->host));
  r->proxy_port = r->peer_port = (uint16_t)proxy->port;
  r->proxy_status = (uint16_t)proxy->status;
  snprintf(r->peer_ip, sizeof r->peer_ip, "%s", proxy->ip);
  wsstls_record_event(r, WSSTLS_EVENT_PROXY_CONNECTED, 0, proxy->status);
}

wsstls_conn *wsstls_conn_connect(wsstls_loop *loop,
                                 const wsstls_conn_opts *o)
{
  wsstls_conn *c = wsstls_conn_new(loop, 0, o->tls);

  if (c == NULL)
    return NULL;
  c->host = copy(o->host);
  c->authority = copy(o->authority);
  c->path = copy(o->path);
  c->protocols = copy(o->protocols);
  c->o.record.url = copy(o->url);
  c->port = o->port;
  c->max_message = o->max_message;
  c->compress = o->compress;
  c->limits = o->limits;
  note_proxy(&c->o.record, &o->proxy);
  c->ping_interval = o->ping_interval;
  c->ping_timeout = o->ping_timeout;
  if (o->review)
    wsstls_conn_review(c);
  if (o->keylog)
    wsstls_conn_keylog(c);
  if (c->host == NULL || c->authority == NULL || c->path == NULL ||
      !copy_headers(c, o)) {
    wsstls_conn_unref(c);
    return NULL;
  }
  if (o->limits.total > 0)
    c->deadline = wsstls_after(o->limits.total);
  start(c);
  if (!c->ended)
    wsstls_conn_arm(c);
  return c;
}

/* lws must not look at a socket alone meanwhile: it would take its errno. */
void wsstls_conn_connecting(wsstls_conn *c, int connecting)
{
  c->io.loop->connecting += connecting - c->connecting;
  c->connecting = (uint8_t)connecting;
}

static void note_dialling(wsstls_conn *c, const char *address)
{
  wsstls_record *r = &c->o.record;

  if (r->proxy_host != NULL)
    return; /* our tunnel's end is nobody's peer */
  wsstls_record_event(r, WSSTLS_EVENT_CONNECTING, (int)c->next_address, 0);
  snprintf(r->peer_ip, sizeof r->peer_ip, "%s", address);
  r->peer_port = (uint16_t)c->port;
}

void wsstls_conn_dial(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;
  struct lws_client_connect_info info;
  struct lws *wsi;
  const char *address;

  if (c->ended)
    return;
  address = c->addresses[c->next_address];
  note_dialling(c, address);
  c->next_address++;
  memset(&info, 0, sizeof info);
  info.context = c->io.loop->context;
  info.vhost = c->o.tls != NULL ? c->io.loop->client : c->io.loop->plain;
  info.address = address;
  info.port = c->port;
  info.path = WSSTLS_LWS_PATH; /* conn_request.c has the real ones */
  info.host = address;
  info.protocol = c->protocols;
  info.local_protocol_name = "?wsstls";
  info.alpn = "http/1.1";
  info.opaque_user_data = c;
  info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT |
                        (c->o.tls != NULL ? LCCSCF_USE_SSL : 0);
  errno = 0;
  wsstls_log_target(r);
  wsstls_conn_ref(c); /* the wsi's reference, dropped at its destruction */
  c->wsi_born = 1;
  c->dialling = 1;
  wsi = lws_client_connect_via_info(&info);
  c->dialling = 0;
  wsstls_log_target(NULL);
  if (wsi == NULL) {
    /* it may or may not have told us, and errno is connect(2)'s */
    if (r->os_errno == 0 && errno != 0)
      r->os_errno = errno;
    wsstls_conn_dial_failed(c);
    if (c->wsi_born) { /* it went without saying so */
      c->wsi_born = 0;
      c->wsi = NULL;
      wsstls_conn_unref(c);
    }
    return;
  }
  c->wsi = wsi;
  if (c->io.fd < 0) {
    c->io.fd = lws_get_socket_fd(wsi);
    c->wire.fd = c->io.fd;
    wsstls_io_watch(&c->io);
    wsstls_conn_connecting(c, !c->tcp_connected);
  }
}

/* One address did not answer: the next, or the end. */
void wsstls_conn_dial_failed(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;

  if (c->ended || c->dialling) /* errno is not known yet */
    return;
  if (c->next_address < c->naddresses) {
    r->os_errno = 0;
    c->retry_dial = 1;
    wsstls_io_again(&c->io); /* never dial from inside lws's callback */
    return;
  }
  wsstls_conn_end(c, wsstls_socket_status(r->os_errno));
}

void wsstls_conn_dial_free(wsstls_conn *c)
{
  for (size_t i = 0; i < c->nheaders; i++) {
    free(c->headers[i].name);
    free(c->headers[i].value);
  }
  free(c->headers);
  free(c->host);
  free(c->authority);
  free(c->path);
  free(c->protocols);
  free(c->accept);
  free(c->addresses);
}

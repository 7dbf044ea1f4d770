/* lobservation.c: see lobservation.h. Shapes: docs/api.md. */
#include "lobservation.h"

#include <stdio.h>
#include <string.h>
#include "../core/hello.h"
#include "../core/observer.h"
#include "../core/tlsnames.h"
#include "lhttp.h"
#include "lverdict.h"

static double seconds(uint32_t us)
{
  return (double)us / 1e6;
}

void wsstls_lpush_tls(lua_State *L, const wsstls_record *r)
{
  char buf[32];

  if (!r->is_tls || r->hello == NULL) { /* it never came to TLS */
    lua_pushnil(L);
    return;
  }
  lua_createtable(L, 0, 8);
  if (r->tls_version != 0)
    wsstls_lset_string(L, "version", wsstls_version_name(r->tls_version,
                                                         buf));
  wsstls_lset_string(L, "cipher", r->cipher_name);
  if (r->group != 0)
    wsstls_lset_string(L, "group", wsstls_group_nid_name(r->group, buf));
  if (r->sig_type != 0) {
    const char *name = wsstls_signature_name(r->sig_type, r->sig_digest,
                                             r->tls_version == 0x0304, buf);

    if (name[0] != '\0')
      wsstls_lset_string(L, "sigalg", name);
  }
  if (r->alpn[0] != '\0')
    wsstls_lset_string(L, "alpn", r->alpn);
  wsstls_lset_string(L, "sni", r->sni);
  wsstls_lset_boolean(L, "resumed", r->resumed);
}

static void push_alerts(lua_State *L, const wsstls_record *r)
{
  lua_createtable(L, r->nalerts, 0);
  for (int i = 0; i < r->nalerts; i++) {
    const wsstls_alert_row *a = &r->alerts[i];

    lua_createtable(L, 0, 5);
    wsstls_lset_string(L, "direction", a->sent ? "sent" : "received");
    wsstls_lset_string(L, "level", a->level == 1 ? "warning" : "fatal");
    wsstls_lset_integer(L, "number", a->number);
    wsstls_lset_string(L, "name", wsstls_alert_name(a->number));
    wsstls_lset_number(L, "at", seconds(a->at));
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_errors(lua_State *L, const wsstls_record *r)
{
  lua_createtable(L, r->nerrors, 0);
  for (int i = 0; i < r->nerrors; i++) {
    wsstls_ssl_error_text text;

    wsstls_ssl_error_read(&r->errors[i], &text);
    lua_createtable(L, 0, 5);
    wsstls_lset_integer(L, "code", (long long)r->errors[i].code);
    wsstls_lset_string(L, "library", text.library);
    wsstls_lset_string(L, "reason", text.reason);
    wsstls_lset_string(L, "text", text.text);
    if (r->errors[i].data[0] != '\0')
      wsstls_lset_string(L, "data", r->errors[i].data);
    lua_rawseti(L, -2, i + 1);
  }
}

static void set_numbers(lua_State *L, const char *key, const int *list,
                        size_t count, const char *(*name)(int, char *))
{
  char buf[32];

  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushstring(L, name(list[i], buf));
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_setfield(L, -2, key);
}

static void push_hello(lua_State *L, const wsstls_record *r)
{
  wsstls_hello *h = lua_newuserdata(L, sizeof *h); /* 2 KB, collected */

  wsstls_hello_parse(r->hello, r->hello_len, h);
  lua_createtable(L, 0, 7);
  set_numbers(L, "versions", h->versions, h->nversions, wsstls_version_name);
  set_numbers(L, "ciphers", h->ciphers, h->nciphers, wsstls_cipher_name);
  set_numbers(L, "groups", h->groups, h->ngroups, wsstls_group_name);
  set_numbers(L, "sigalgs", h->sigalgs, h->nsigalgs, wsstls_sigalg_name);
  lua_createtable(L, (int)h->nalpn, 0);
  for (size_t i = 0; i < h->nalpn; i++) {
    lua_pushstring(L, h->alpn[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_setfield(L, -2, "alpn");
  if (h->sni[0] != '\0')
    wsstls_lset_string(L, "sni", h->sni);
  if (h->truncated || r->hello_len == WSSTLS_RECORD_HELLO)
    wsstls_lset_boolean(L, "truncated", 1);
  lua_remove(L, -2);
}

static void push_close(lua_State *L, const wsstls_record *r)
{
  static const char *const by[] = { NULL, "local", "peer", "network" };

  lua_createtable(L, 0, 4);
  wsstls_lset_integer(L, "code", r->close_code);
  wsstls_lset_string(L, "reason", r->close_reason ? r->close_reason : "");
  wsstls_lset_boolean(L, "clean", r->close_clean);
  wsstls_lset_string(L, "initiated_by", by[r->close_by & 3]);
}

static void detail(lua_State *L, const wsstls_event_row *e)
{
  char text[96];

  switch (e->event) {
  case WSSTLS_EVENT_MESSAGE_SENT:
  case WSSTLS_EVENT_MESSAGE_RECEIVED:
    snprintf(text, sizeof text, "%s (%d bytes)",
             wsstls_handshake_name(e->a), (int)e->b);
    break;
  case WSSTLS_EVENT_ALERT_SENT:
  case WSSTLS_EVENT_ALERT_RECEIVED:
    snprintf(text, sizeof text, "%s %s (%d)", e->a == 1 ? "warning" : "fatal",
             wsstls_alert_name((int)e->b), (int)e->b);
    break;
  case WSSTLS_EVENT_VERIFIED:
    snprintf(text, sizeof text, "%s (X509 %d %s)",
             e->a ? "accepted" : "rejected", (int)e->b,
             wsstls_x509_name((int)e->b));
    break;
  case WSSTLS_EVENT_RESOLVED:
    snprintf(text, sizeof text, "%d addresses", e->a);
    break;
  case WSSTLS_EVENT_HTTP_REQUEST:
  case WSSTLS_EVENT_HTTP_RESPONSE:
  case WSSTLS_EVENT_HTTP_INTERIM:
    snprintf(text, sizeof text, "%d bytes", (int)e->b);
    break;
  case WSSTLS_EVENT_DATA_SENT:
  case WSSTLS_EVENT_DATA_RECEIVED:
    snprintf(text, sizeof text, "%s (%d bytes)",
             e->a == 2 ? "binary" : "text", (int)e->b);
    break;
  case WSSTLS_EVENT_CLOSE_SENT:
  case WSSTLS_EVENT_CLOSE_RECEIVED:
    snprintf(text, sizeof text, "code %d", (int)e->b);
    break;
  case WSSTLS_EVENT_RESET_SEEN:
    snprintf(text, sizeof text, "errno %d %s", (int)e->b,
             wsstls_errno_name((int)e->b));
    break;
  default:
    text[0] = '\0';
    break;
  }
  wsstls_lset_string(L, "detail", text);
}

static void push_timeline(lua_State *L, const wsstls_record *r)
{
  lua_createtable(L, r->nevents, 0);
  for (int i = 0; i < r->nevents; i++) {
    const wsstls_event_row *e = &r->events[i];

    lua_createtable(L, 0, 3);
    wsstls_lset_number(L, "at", seconds(e->at));
    wsstls_lset_string(L, "event",
                       wsstls_event_name((wsstls_event)e->event));
    detail(L, e);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_os_error(lua_State *L, int error)
{
  lua_createtable(L, 0, 3);
  wsstls_lset_integer(L, "errno", error);
  wsstls_lset_string(L, "name", wsstls_errno_name(error));
  wsstls_lset_string(L, "text", strerror(error));
}

static void push_logs(lua_State *L, const wsstls_record *r)
{
  lua_createtable(L, r->nlogs, 0);
  for (int i = 0; i < r->nlogs; i++) {
    lua_pushstring(L, r->logs[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

/* What did not fit, by name; nothing when all did. */
static void set_cut(lua_State *L, const wsstls_record *r)
{
  int messages_cut = r->nmessages > WSSTLS_RECORD_MESSAGES;

  if (!(r->events_cut || r->logs_cut || r->head_cut || r->body_cut ||
        messages_cut))
    return;
  lua_createtable(L, 0, 5);
  if (messages_cut)
    wsstls_lset_boolean(L, "messages", 1);
  if (r->events_cut)
    wsstls_lset_boolean(L, "timeline", 1);
  if (r->logs_cut)
    wsstls_lset_boolean(L, "lws", 1);
  if (r->head_cut)
    wsstls_lset_boolean(L, "http_head", 1);
  if (r->body_cut)
    wsstls_lset_boolean(L, "http_body", 1);
  lua_setfield(L, -2, "cut");
}

static void set_peer(lua_State *L, const wsstls_record *r)
{
  lua_createtable(L, 0, 3);
  wsstls_lset_string(L, "host", r->peer_host);
  wsstls_lset_string(L, "ip", r->peer_ip[0] ? r->peer_ip : NULL);
  wsstls_lset_integer(L, "port", r->peer_port);
  lua_setfield(L, -2, "peer");
}

static void set_proxy(lua_State *L, const wsstls_record *r)
{
  if (r->proxy_host == NULL)
    return;
  lua_createtable(L, 0, 3);
  wsstls_lset_string(L, "host", r->proxy_host);
  wsstls_lset_integer(L, "port", r->proxy_port);
  wsstls_lset_integer(L, "status", r->proxy_status);
  lua_setfield(L, -2, "proxy");
}

static void set_tls_side(lua_State *L, const wsstls_record *r)
{
  wsstls_lpush_tls(L, r);
  lua_setfield(L, -2, "tls");
  if (r->verdict != NULL) {
    wsstls_lpush_verdict(L, r->verdict);
    lua_setfield(L, -2, "verify");
  }
  if (r->hello != NULL) {
    push_hello(L, r);
    lua_setfield(L, -2, "hello");
  }
  if (!r->is_tls)
    return;
  if (r->verify_disabled)
    wsstls_lset_boolean(L, "verify_disabled", 1);
  wsstls_lset_boolean(L, "client_certificate_requested", r->cert_requested);
  wsstls_lset_boolean(L, "client_certificate_sent", r->cert_sent);
  if (r->nfirst > 0 && r->hello == NULL && r->is_server)
    wsstls_lset_lstring(L, "first_bytes", (const char *)r->first_bytes,
                        r->nfirst);
  if (r->nfirst > 0 && !r->is_server &&
      (r->first_bytes[0] < 0x14 || r->first_bytes[0] > 0x17))
    wsstls_lset_lstring(L, "first_bytes", (const char *)r->first_bytes,
                        r->nfirst);
}

void wsstls_lpush_observation(lua_State *L, const wsstls_record *r,
                              const char *engine)
{
  luaL_checkstack(L, 16, "observation");
  lua_createtable(L, 0, 20);
  wsstls_lset_integer(L, "schema", 1);
  wsstls_lset_string(L, "side", r->is_server ? "server" : "client");
  wsstls_lset_string(L, "engine", engine);
  wsstls_lset_string(L, "url", r->url);
  wsstls_lset_string(L, "phase", wsstls_phase_name((wsstls_phase)r->phase));
  wsstls_lset_number(L, "started", r->started);
  set_peer(L, r);
  set_proxy(L, r);
  set_tls_side(L, r);
  push_alerts(L, r);
  lua_setfield(L, -2, "alerts");
  push_errors(L, r);
  lua_setfield(L, -2, "openssl");
  if (r->os_errno != 0) {
    push_os_error(L, r->os_errno);
    lua_setfield(L, -2, "os_error");
  }
  if (r->head != NULL && r->head_len > 0) {
    wsstls_lpush_http(L, r);
    lua_setfield(L, -2, "http");
  }
  if (r->close_code != 0 || r->close_clean) {
    push_close(L, r);
    lua_setfield(L, -2, "close");
  }
  push_timeline(L, r);
  lua_setfield(L, -2, "timeline");
  push_logs(L, r);
  lua_setfield(L, -2, "lws");
  set_cut(L, r);
}

void wsstls_lpush_outcome(lua_State *L, const wsstls_record *r)
{
  const wsstls_outcome *o = &r->outcome;

  if (o->status == WSSTLS_OK) {
    lua_pushnil(L);
    return;
  }
  lua_createtable(L, 0, 5);
  wsstls_lset_string(L, "code", wsstls_status_slug(o->status));
  wsstls_lset_string(L, "phase", wsstls_phase_name(o->phase));
  wsstls_lset_string(L, "fault", wsstls_party_name(o->fault));
  wsstls_lset_string(L, "rejected_by", wsstls_party_name(o->rejected_by));
  wsstls_lset_string(L, "message", o->message);
}

/* record.c: see record.h. */
#include "record.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "timer.h"

void wsstls_record_init(wsstls_record *r, int is_server, int is_tls)
{
  memset(r, 0, sizeof *r);
  r->started = wsstls_epoch();
  r->start_us = wsstls_now();
  r->is_server = (uint8_t)(is_server != 0);
  r->is_tls = (uint8_t)(is_tls != 0);
  r->phase = WSSTLS_PHASE_TCP;
}

void wsstls_record_free(wsstls_record *r)
{
  for (size_t i = 0; i < r->nlogs; i++)
    free(r->logs[i]);
  free(r->logs);
  free(r->sni);
  free(r->proxy_host);
  free(r->peer_host);
  free(r->url);
  free(r->hello);
  free(r->key_exchange);
  free(r->head);
  free(r->body);
  free(r->close_reason);
  free(r->events);
  free(r->alerts);
  free(r->errors);
  free(r->outcome.message);
  wsstls_verdict_free(r->verdict);
  memset(r, 0, sizeof *r);
}

static uint32_t record_at(const wsstls_record *r)
{
  int64_t us = wsstls_now() - r->start_us;

  return us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static int room(wsstls_record *r)
{
  wsstls_event_row *rows;
  size_t capacity;

  if (r->nevents < r->event_capacity)
    return 1;
  if (r->nevents >= WSSTLS_RECORD_EVENTS) {
    r->events_cut = 1;
    return 0;
  }
  capacity = r->event_capacity ? (size_t)r->event_capacity * 2 : 16;
  rows = realloc(r->events, capacity * sizeof *rows);
  if (rows == NULL) {
    r->events_cut = 1;
    return 0;
  }
  r->events = rows;
  r->event_capacity = (uint16_t)capacity;
  return 1;
}

void wsstls_record_event(wsstls_record *r, wsstls_event event, int a, int b)
{
  wsstls_event_row *row;

  if (!room(r)) {
    /* the end of the story matters more than its middle */
    if (event != WSSTLS_EVENT_ENDED || r->nevents == 0)
      return;
    r->nevents--;
  }
  row = &r->events[r->nevents++];
  row->at = record_at(r);
  row->event = (uint8_t)event;
  row->a = (uint8_t)a;
  row->spare = 0;
  row->b = b;
}

void wsstls_record_message(wsstls_record *r, int sent, int binary,
                           size_t len)
{
  if (r->nmessages >= WSSTLS_RECORD_MESSAGES) {
    r->nmessages = WSSTLS_RECORD_MESSAGES + 1; /* it shows */
    return;
  }
  r->nmessages++;
  wsstls_record_event(r, sent ? WSSTLS_EVENT_DATA_SENT
                              : WSSTLS_EVENT_DATA_RECEIVED, binary ? 2 : 1,
                      len > INT_MAX ? INT_MAX : (int)len);
}

void wsstls_record_alert(wsstls_record *r, int sent, int level, int number)
{
  wsstls_alert_row *row;

  wsstls_record_event(r, sent ? WSSTLS_EVENT_ALERT_SENT
                              : WSSTLS_EVENT_ALERT_RECEIVED, level, number);
  if (r->alerts == NULL)
    r->alerts = calloc(WSSTLS_RECORD_ALERTS, sizeof *r->alerts);
  if (r->alerts == NULL || r->nalerts >= WSSTLS_RECORD_ALERTS)
    return;
  row = &r->alerts[r->nalerts++];
  row->at = record_at(r);
  row->sent = (uint8_t)(sent != 0);
  row->level = (uint8_t)level;
  row->number = (uint8_t)number;
}

int wsstls_record_heard_alert(const wsstls_record *r)
{
  for (size_t i = 0; i < r->nalerts; i++)
    if (!r->alerts[i].sent)
      return 1;
  return 0;
}

void wsstls_record_first(wsstls_record *r, const void *bytes, size_t n)
{
  if (r->nfirst > 0 || n == 0)
    return;
  r->nfirst = (uint8_t)(n < sizeof r->first_bytes ? n
                                                  : sizeof r->first_bytes);
  memcpy(r->first_bytes, bytes, r->nfirst);
}

void wsstls_record_stream_end(wsstls_record *r, int error)
{
  uint8_t *seen = error != 0 ? &r->reset_seen : &r->eof_seen;

  if (!*seen)
    wsstls_record_event(r, error != 0 ? WSSTLS_EVENT_RESET_SEEN
                                      : WSSTLS_EVENT_EOF_SEEN, 0, error);
  *seen = 1;
  if (error != 0)
    r->os_errno = error;
}

void wsstls_record_log(wsstls_record *r, const char *line, size_t len)
{
  char *copy;

  if (r->logs == NULL)
    r->logs = calloc(WSSTLS_RECORD_LOGS, sizeof *r->logs);
  if (r->logs == NULL || r->nlogs >= WSSTLS_RECORD_LOGS) {
    r->logs_cut = 1;
    return;
  }
  if (len > 200)
    len = 200;
  copy = malloc(len + 1);
  if (copy == NULL)
    return;
  memcpy(copy, line, len);
  copy[len] = '\0';
  r->logs[r->nlogs++] = copy;
}

void wsstls_record_string(char **slot, const char *text, size_t len)
{
  char *copy = malloc(len + 1);

  if (copy == NULL)
    return;
  if (len > 0)
    memcpy(copy, text, len);
  copy[len] = '\0';
  free(*slot);
  *slot = copy;
}

const char *wsstls_event_name(wsstls_event event)
{
  static const char *const names[WSSTLS_EVENT_COUNT] = {
#define NAME(name, text) text,
    WSSTLS_EVENTS(NAME)
#undef NAME
  };

  return names[(unsigned)event < WSSTLS_EVENT_COUNT ? event : 0];
}

/* conn_time.c: the deadline of each phase, and the keepalive pings. */
#include "conn_parts.h"

static wsstls_conn *of_timer(wsstls_timer *timer)
{
  return (wsstls_conn *)(void *)((char *)timer -
                                 offsetof(wsstls_conn, timer));
}

static wsstls_conn *of_keepalive(wsstls_timer *timer)
{
  return (wsstls_conn *)(void *)((char *)timer -
                                 offsetof(wsstls_conn, keepalive));
}

static double phase_limit(const wsstls_conn *c)
{
  switch (c->o.record.phase) {
  case WSSTLS_PHASE_DNS:
  case WSSTLS_PHASE_TCP: return c->limits.connect;
  case WSSTLS_PHASE_TLS: return c->limits.tls;
  case WSSTLS_PHASE_UPGRADE: return c->limits.upgrade;
  case WSSTLS_PHASE_CLOSE: return c->limits.close;
  default: return 0;
  }
}

void wsstls_conn_arm(wsstls_conn *c)
{
  wsstls_timers *timers = &c->io.loop->timers;
  double limit = phase_limit(c);
  int64_t at = limit > 0 ? wsstls_after(limit) : 0;

  if (c->deadline > 0 && c->o.record.phase < WSSTLS_PHASE_OPEN &&
      (at == 0 || c->deadline < at))
    at = c->deadline;
  if (at == 0 || c->ended)
    wsstls_timer_cancel(timers, &c->timer);
  else
    wsstls_timer_set(timers, &c->timer, at);
}

static wsstls_status timeout_of(wsstls_phase phase)
{
  switch (phase) {
  case WSSTLS_PHASE_DNS:
  case WSSTLS_PHASE_TCP: return WSSTLS_TIMEOUT_CONNECT;
  case WSSTLS_PHASE_TLS: return WSSTLS_TIMEOUT_TLS;
  case WSSTLS_PHASE_UPGRADE: return WSSTLS_TIMEOUT_UPGRADE;
  case WSSTLS_PHASE_CLOSE: return WSSTLS_TIMEOUT_CLOSE;
  default: return WSSTLS_TIMEOUT_PING;
  }
}

static void give_up(wsstls_conn *c, wsstls_status status)
{
  wsstls_record_event(&c->o.record, WSSTLS_EVENT_TIMED_OUT, 0, 0);
  c->timeout_status = status;
  wsstls_conn_end(c, status);
  wsstls_conn_kill(c);
}

static void on_deadline(wsstls_timer *timer)
{
  wsstls_conn *c = wsstls_conn_ref(of_timer(timer));

  if (c->ended)
    wsstls_conn_kill(c); /* it lingered long enough */
  else if (c->head == WSSTLS_HEAD_BODY)
    wsstls_conn_end(c, c->refusal), wsstls_conn_kill(c);
  else
    give_up(c, timeout_of(c->o.record.phase));
  wsstls_conn_unref(c);
}

/* Pings go out every ping_interval; any pong within ping_timeout will do
 * (as Python websockets' keepalive_ping). */
void wsstls_conn_keepalive(wsstls_conn *c)
{
  c->ping_waiting = 0;
  if (c->ping_interval > 0 && !c->ended)
    wsstls_timer_set(&c->io.loop->timers, &c->keepalive,
                     wsstls_after(c->ping_interval));
}

static void on_keepalive(wsstls_timer *timer)
{
  wsstls_conn *c = wsstls_conn_ref(of_keepalive(timer));

  if (c->ping_waiting) {
    if (!c->ended)
      give_up(c, WSSTLS_TIMEOUT_PING);
  } else if (!c->ended && c->opened) {
    wsstls_conn_send(c, WSSTLS_KEEPALIVE, WSSTLS_KEEPALIVE_LEN,
                     LWS_WRITE_PING, NULL);
    c->ping_waiting = 1;
    if (c->ping_timeout > 0)
      wsstls_timer_set(&c->io.loop->timers, &c->keepalive,
                       wsstls_after(c->ping_timeout));
    else
      wsstls_conn_keepalive(c);
  }
  wsstls_conn_unref(c);
}

void wsstls_conn_timers_init(wsstls_conn *c)
{
  c->timer.fire = on_deadline;
  c->keepalive.fire = on_keepalive;
}

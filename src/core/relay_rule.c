/* relay_rule.c: see relay_rule.h. */
#include "relay_rule.h"

#include <stdlib.h>
#include <string.h>

enum { SALT_TAKES = 1, SALT_JITTER = 2 };

/* splitmix64: every bit of the input reaches every bit of the output. */
static uint64_t mixed(uint64_t x)
{
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

/* 0 <= chance < 1 */
static double chance(const wsstls_relay_rule *r,
                     const wsstls_relay_tally *t,
                     const wsstls_relay_subject *s, unsigned salt)
{
  uint64_t x = mixed(s->seed);

  x = mixed(x ^ ((uint64_t)r->id << 32 | s->connection));
  x = mixed(x ^ ((uint64_t)t->seen[s->from] << 8 | (unsigned)s->from << 4 |
                 salt));
  return (double)(x >> 11) / 9007199254740992.0;
}

int wsstls_relay_rule_looks(const wsstls_relay_rule *r, int from)
{
  return (r->from >> from & 1) && r->action != WSSTLS_RELAY_SLOW_CLOSE;
}

static int matches(const wsstls_relay_rule *r,
                   const wsstls_relay_subject *s)
{
  if (!wsstls_relay_rule_looks(r, s->from))
    return 0;
  if (r->record != 0 && r->record != s->type)
    return 0;
  if (r->handshake >= 0 && r->handshake != s->message)
    return 0;
  return r->byte < 0 || ((uint64_t)r->byte >= s->begins &&
                         (uint64_t)r->byte < s->ends);
}

int wsstls_relay_rule_takes(wsstls_relay_rule *r, wsstls_relay_tally *t,
                            const wsstls_relay_subject *s)
{
  if (!matches(r, s))
    return 0;
  t->seen[s->from]++;
  r->matched++;
  if (r->nth != 0 && t->seen[s->from] != r->nth)
    return 0;
  return r->probability >= 1 || chance(r, t, s, SALT_TAKES) < r->probability;
}

double wsstls_relay_rule_seconds(const wsstls_relay_rule *r,
                                 const wsstls_relay_tally *t,
                                 const wsstls_relay_subject *s)
{
  double seconds = r->seconds;

  if (r->jitter > 0)
    seconds += r->jitter * (2 * chance(r, t, s, SALT_JITTER) - 1);
  return seconds > 0 ? seconds : 0;
}

void wsstls_relay_rule_free(wsstls_relay_rule *r)
{
  if (r == NULL)
    return;
  free(r->bytes);
  wsstls_material_unref(r->with);
  free(r);
}

static const char *const names[WSSTLS_RELAY_ACTION_COUNT] = {
#define NAME(name, text) text,
  WSSTLS_RELAY_ACTIONS(NAME)
#undef NAME
};

const char *wsstls_relay_action_name(wsstls_relay_action action)
{
  return names[action];
}

int wsstls_relay_action_of(const char *name)
{
  for (int i = 0; i < WSSTLS_RELAY_ACTION_COUNT; i++)
    if (strcmp(name, names[i]) == 0)
      return i;
  return -1;
}

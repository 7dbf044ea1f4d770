/* status.c: the tables of status.h as text. */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct row {
  const char *slug, *text;
  unsigned char phase, temporary;
} row;

static const row rows[WSSTLS_STATUS_COUNT] = {
#define ROW(name, slug, phase, temporary, text) \
  { slug, text, WSSTLS_PHASE_##phase, temporary },
  WSSTLS_STATUSES(ROW)
#undef ROW
};

static const char *const phases[WSSTLS_PHASE_COUNT] = {
#define NAME(name, text) text,
  WSSTLS_PHASES(NAME)
};

static const char *const parties[WSSTLS_PARTY_COUNT] = {
  WSSTLS_PARTIES(NAME)
#undef NAME
};

static const row *at(wsstls_status status)
{
  return &rows[(unsigned)status < WSSTLS_STATUS_COUNT ? status
                                                      : WSSTLS_UNKNOWN];
}

const char *wsstls_status_slug(wsstls_status status)
{
  return at(status)->slug;
}

const char *wsstls_status_text(wsstls_status status)
{
  return at(status)->text;
}

wsstls_phase wsstls_status_phase(wsstls_status status)
{
  return (wsstls_phase)at(status)->phase;
}

int wsstls_status_temporary(wsstls_status status)
{
  return at(status)->temporary;
}

const char *wsstls_phase_name(wsstls_phase phase)
{
  return phases[(unsigned)phase < WSSTLS_PHASE_COUNT ? phase : 0];
}

const char *wsstls_party_name(wsstls_party party)
{
  return parties[(unsigned)party < WSSTLS_PARTY_COUNT ? party : 0];
}

wsstls_status wsstls_error_set(wsstls_error *err, wsstls_status status,
                               const char *format, ...)
{
  va_list ap;

  if (err == NULL)
    return status;
  err->status = status;
  va_start(ap, format);
  vsnprintf(err->message, sizeof err->message, format, ap);
  va_end(ap);
  return status;
}

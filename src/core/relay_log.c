/* relay_log.c: see relay_log.h. */
#include "relay_log.h"

#include <stdlib.h>
#include <string.h>

static int grow(wsstls_relay_log *log)
{
  size_t capacity = log->capacity ? log->capacity * 4 : 64;
  wsstls_relay_row *rows;

  if (capacity > WSSTLS_RELAY_ROWS)
    capacity = WSSTLS_RELAY_ROWS;
  rows = realloc(log->rows, capacity * sizeof *rows);
  if (rows == NULL)
    return 0;
  log->rows = rows;
  log->capacity = capacity;
  return 1;
}

/* Before the ring is full it does not turn, so that growing is a realloc. */
void wsstls_relay_log_add(wsstls_relay_log *log, const wsstls_relay_row *row)
{
  if (log->total == log->capacity && log->capacity < WSSTLS_RELAY_ROWS &&
      !grow(log))
    return;
  log->rows[log->total++ % log->capacity] = *row;
}

uint64_t wsstls_relay_log_first(const wsstls_relay_log *log)
{
  return log->total > log->capacity ? log->total - log->capacity : 0;
}

const wsstls_relay_row *wsstls_relay_log_at(const wsstls_relay_log *log,
                                            uint64_t number)
{
  return &log->rows[number % log->capacity];
}

void wsstls_relay_log_free(wsstls_relay_log *log)
{
  free(log->rows);
  memset(log, 0, sizeof *log);
}

const char *wsstls_relay_type_name(int type)
{
#define NAME(number, name) case number: return name;
  switch (type) {
  WSSTLS_RELAY_TYPES(NAME)
  default: return "unknown";
  }
#undef NAME
}

int wsstls_relay_type(const char *name)
{
#define TEST(number, text) if (strcmp(name, text) == 0) return number;
  WSSTLS_RELAY_TYPES(TEST)
#undef TEST
  return 0;
}

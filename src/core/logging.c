/* logging.c: see logging.h. */
#include "logging.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include "loop.h"

enum { QUEUE = 512, EVIDENCE = LLL_ERR | LLL_WARN | LLL_NOTICE };

typedef struct line {
  int level;
  char text[240];
} line;

static wsstls_record *target;
static int wanted;             /* the user's levels */
static line *queue;
static size_t first, count;
static unsigned dropped;

static const struct { const char *name; int levels; } levels[] = {
  { "none", 0 },
  { "error", LLL_ERR },
  { "warning", LLL_ERR | LLL_WARN },
  { "notice", LLL_ERR | LLL_WARN | LLL_NOTICE },
  { "info", LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO },
  { "debug", LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO | LLL_DEBUG |
             LLL_PARSER | LLL_HEADER | LLL_EXT | LLL_CLIENT },
};

void wsstls_log_target(wsstls_record *record)
{
  target = record;
}

wsstls_record *wsstls_log_current(void)
{
  return target;
}

static void enqueue(int level, const char *text, size_t len)
{
  line *l;

  if (queue == NULL)
    queue = calloc(QUEUE, sizeof *queue);
  if (queue == NULL || count == QUEUE) {
    dropped++;
    return;
  }
  l = &queue[(first + count++) % QUEUE];
  l->level = level;
  if (len >= sizeof l->text)
    len = sizeof l->text - 1;
  memcpy(l->text, text, len);
  l->text[len] = '\0';
}

/* The libev plugin of 4.1 tells of each event, at the level of a warning. */
static int is_chatter(const char *text)
{
  return strncmp(text, "elops_", sizeof "elops_" - 1) == 0;
}

static void emit(int level, const char *text)
{
  size_t len = strlen(text);

  while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
    len--;
  if (target != NULL && (level & EVIDENCE) && !is_chatter(text))
    wsstls_record_log(target, text, len);
  if (level & wanted)
    enqueue(level, text, len);
}

void wsstls_log_init(void)
{
  lws_set_log_level(EVIDENCE | wanted, emit);
}

void wsstls_log_free(void)
{
  free(queue);
  queue = NULL;
  first = count = 0;
  dropped = 0;
  target = NULL;
}

int wsstls_log_level(const char *name)
{
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    if (strcmp(name, levels[i].name) == 0) {
      wanted = levels[i].levels;
      lws_set_log_level(EVIDENCE | wanted, emit);
      return 1;
    }
  }
  return 0;
}

static const char *level_name(int level)
{
  switch (level) {
  case LLL_ERR: return "error";
  case LLL_WARN: return "warning";
  case LLL_NOTICE: return "notice";
  case LLL_INFO: return "info";
  default: return "debug";
  }
}

void wsstls_log_drain(void (*fn)(const char *level, const char *line,
                                 void *ud), void *ud, unsigned *lost)
{
  while (count > 0) {
    line copy = queue[first];

    first = (first + 1) % QUEUE;
    count--;
    fn(level_name(copy.level), copy.text, ud);
  }
  *lost = dropped;
  dropped = 0;
}

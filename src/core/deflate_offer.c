/* deflate_offer.c: what two sides agree on (RFC 7692 5 and 7.1).
 *
 * lws walks the same headers again, with rules of its own: it ends the
 * connection when it meets permessage-deflate again after taking an offer
 * without parameters. So nothing odd is ever chosen from; an offer may
 * always be declined.
 */
#include "deflate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

typedef struct span {
  const char *at;
  size_t len;
} span;

static const char NAME[] = "permessage-deflate";

static int is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static span trim(span s)
{
  while (s.len > 0 && is_blank(s.at[0]))
    s.at++, s.len--;
  while (s.len > 0 && is_blank(s.at[s.len - 1]))
    s.len--;
  return s;
}

static int equals(span s, const char *text)
{
  return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

/* Cuts the first part off s, up to the separator, and trims it. */
static span cut(span *s, char separator)
{
  const char *end = memchr(s->at, separator, s->len);
  span part = { s->at, end != NULL ? (size_t)(end - s->at) : s->len };
  size_t used = part.len + (end != NULL);

  s->at += used;
  s->len -= used;
  return trim(part);
}

size_t wsstls_deflate_header(const char *head, char *out, size_t room)
{
  static const char field[] = "sec-websocket-extensions:";
  size_t total = 0;

  out[0] = '\0';
  if (head == NULL)
    return 0;
  while ((head = strchr(head, '\n')) != NULL) {
    span value;

    head++;
    if (strncasecmp(head, field, sizeof field - 1) != 0)
      continue;
    value.at = head + sizeof field - 1;
    value.len = strcspn(value.at, "\r\n");
    value = trim(value);
    if (total > 0 && total + 1 < room)
      memcpy(out + total, ",", 2);
    total += total > 0;
    if (total + value.len < room) {
      memcpy(out + total, value.at, value.len);
      out[total + value.len] = '\0';
    }
    total += value.len;
  }
  return total;
}

/* --------------------------------------------------------- one parameter */

typedef struct seen {
  int server_takeover, client_takeover, server_bits, client_bits;
} seen;

/* 8..15 as 7.1.2 writes it, quoted perhaps; 0: something else. */
static int bits(span value)
{
  int n = 0;

  if (value.len > 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
    value.at++, value.len -= 2;
  if (value.len == 0 || value.len > 2 || value.at[0] == '0')
    return 0;
  for (size_t i = 0; i < value.len; i++) {
    if (!isdigit((unsigned char)value.at[i]))
      return 0;
    n = n * 10 + value.at[i] - '0';
  }
  return n >= 8 && n <= 15 ? n : 0;
}

static int flag(int *before, uint8_t *to, int has_value)
{
  if (*before || has_value)
    return 0;
  *before = 1;
  *to = 1;
  return 1;
}

static int window(int *before, uint8_t *to, int n)
{
  if (*before || n == 0)
    return 0;
  *before = 1;
  *to = (uint8_t)n;
  return 1;
}

/* 1 when it is a parameter of RFC 7692, well used and for the first time. */
static int parameter(span text, int is_offer, seen *s,
                     wsstls_deflate_params *out)
{
  int has_value = memchr(text.at, '=', text.len) != NULL;
  span value = text, name = cut(&value, '=');

  value = trim(value);
  if (equals(name, "server_no_context_takeover"))
    return flag(&s->server_takeover, &out->server.no_takeover, has_value);
  if (equals(name, "client_no_context_takeover"))
    return flag(&s->client_takeover, &out->client.no_takeover, has_value);
  if (equals(name, "server_max_window_bits"))
    return window(&s->server_bits, &out->server.bits, bits(value));
  if (equals(name, "client_max_window_bits")) {
    int n = is_offer && !has_value ? 15 : bits(value);

    return window(&s->client_bits, &out->client.bits, n);
  }
  return 0;
}

/* ---------------------------------------------------------- the server's */

static int repeat(wsstls_deflate_choice *out, span text)
{
  if (text.len >= WSSTLS_DEFLATE_PARAM ||
      out->nechoes == WSSTLS_DEFLATE_ECHOES)
    return 0;
  memcpy(out->echoes[out->nechoes], text.at, text.len);
  out->echoes[out->nechoes++][text.len] = '\0';
  return 1;
}

/* client_max_window_bits need not be answered: any window will do. */
static int offer(span rest, wsstls_deflate_choice *out)
{
  seen s = { 0 };

  out->nechoes = 0;
  out->params = (wsstls_deflate_params){ { 0, 15 }, { 0, 15 } };
  while (rest.len > 0) {
    span text = cut(&rest, ';');
    int before = s.client_bits;

    if (!parameter(text, 1, &s, &out->params))
      return 0;
    if (s.client_bits == before && !repeat(out, text))
      return 0;
  }
  out->params.client.bits = 15;
  return 1;
}

/* Where lws and we might not read the same, we do not read at all. */
static int is_odd(span all)
{
  while (all.len > 0) {
    span rest = cut(&all, ',');
    size_t len = rest.len;
    span name = cut(&rest, ';');

    if (memchr(name.at, ' ', name.len) != NULL || (name.len == 0 && len > 0))
      return 1;
  }
  return 0;
}

static int mentions(span all)
{
  int n = 0;

  while (all.len > 0) {
    span rest = cut(&all, ','), name = cut(&rest, ';');

    n += equals(name, NAME);
  }
  return n;
}

void wsstls_deflate_choose(const char *value, wsstls_deflate_choice *out)
{
  span all = { value, strlen(value) };
  int total, mention = 0;

  memset(out, 0, sizeof *out);
  if (all.len > WSSTLS_DEFLATE_HEADER || strpbrk(value, "\t\"") != NULL ||
      is_odd(all))
    return;
  total = mentions(all);
  while (all.len > 0) {
    span rest = cut(&all, ','), name = cut(&rest, ';');

    if (!equals(name, NAME))
      continue;
    mention++;
    if (rest.len == 0 && mention < total)
      continue; /* lws would fall over the next one */
    if (offer(rest, out)) {
      out->mention = mention;
      return;
    }
  }
}

/* ---------------------------------------------------------- the client's */

int wsstls_deflate_answer(const char *value, wsstls_deflate_params *out)
{
  span rest = { value, strlen(value) }, name = cut(&rest, ';');
  seen s = { 0 };

  *out = (wsstls_deflate_params){ { 0, 15 }, { 0, 15 } };
  if (!equals(name, NAME) || strpbrk(value, ",\t") != NULL)
    return 0;
  while (rest.len > 0)
    if (!parameter(cut(&rest, ';'), 0, &s, out))
      return 0;
  return 1;
}

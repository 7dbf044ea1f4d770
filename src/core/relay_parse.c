/* relay_parse.c: see relay_parse.h. */
#include "relay_parse.h"

#include <string.h>

enum { HELLO_RANDOM = 2, HELLO_SESSION = 34, EXT_VERSIONS = 43 };

/* SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3). */
static const unsigned char retry_random[32] = {
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02,
  0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
  0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c
};

static unsigned u16(const unsigned char *p)
{
  return (unsigned)p[0] << 8 | p[1];
}

uint32_t wsstls_relay_fragment(const unsigned char *head)
{
  return u16(head + 3);
}

int wsstls_relay_plausible(const unsigned char *bytes, size_t len)
{
  return bytes[0] >= 20 && bytes[0] <= 24 && (len < 2 || bytes[1] == 3) &&
         (len < 3 || bytes[2] <= 4);
}

int wsstls_relay_message_type(const unsigned char *message, size_t len)
{
  if (message[0] == WSSTLS_SERVER_HELLO &&
      len >= WSSTLS_MESSAGE_HEAD + HELLO_RANDOM + sizeof retry_random &&
      memcmp(message + WSSTLS_MESSAGE_HEAD + HELLO_RANDOM, retry_random,
             sizeof retry_random) == 0)
    return WSSTLS_HELLO_RETRY_REQUEST;
  return message[0];
}

/* Whether a ServerHello's supported_versions say TLS 1.3. */
static int chooses_13(const unsigned char *hello, size_t len)
{
  size_t at = HELLO_SESSION;

  if (at >= len)
    return 0;
  at += 1u + hello[at] + 2 + 1; /* session id, cipher suite, compression */
  if (at + 2 > len)
    return 0;
  at += 2;
  while (at + 4 <= len) {
    unsigned type = u16(hello + at), size = u16(hello + at + 2);

    at += 4;
    if (type == EXT_VERSIONS && size == 2 && at + 2 <= len)
      return u16(hello + at) >= 0x0304;
    at += size;
  }
  return 0;
}

static void end_message(wsstls_relay_parser *p)
{
  wsstls_relay_session *s = p->session;

  p->message_len = 0;
  if (p->message[0] != WSSTLS_SERVER_HELLO)
    return;
  s->hello_seen = 1;
  s->tls13 = (uint8_t)chooses_13(p->hello, p->hello_len);
  if (p->nmessages > 0 && p->hello_len >= HELLO_SESSION &&
      memcmp(p->hello + HELLO_RANDOM, retry_random, sizeof retry_random) == 0)
    p->messages[p->nmessages - 1] = WSSTLS_HELLO_RETRY_REQUEST;
}

static void begin_message(wsstls_relay_parser *p, uint8_t type)
{
  if (p->nmessages < WSSTLS_RELAY_MESSAGES)
    p->messages[p->nmessages++] = type;
  p->hello_len = 0;
}

static void keep_hello(wsstls_relay_parser *p, const unsigned char *bytes,
                       size_t len)
{
  size_t room = sizeof p->hello - p->hello_len;

  if (p->message[0] != WSSTLS_SERVER_HELLO)
    return;
  if (len > room)
    len = room;
  memcpy(p->hello + p->hello_len, bytes, len);
  p->hello_len = (uint16_t)(p->hello_len + len);
}

static void read_messages(wsstls_relay_parser *p, const unsigned char *bytes,
                          size_t len)
{
  size_t n;

  while (len > 0) {
    if (p->message_len < WSSTLS_MESSAGE_HEAD) {
      if (p->message_len == 0)
        begin_message(p, *bytes);
      p->message[p->message_len++] = *bytes++;
      len--;
      if (p->message_len < WSSTLS_MESSAGE_HEAD)
        continue;
      p->message_left = (uint32_t)p->message[1] << 16 | u16(p->message + 2);
    } else {
      n = len < p->message_left ? len : p->message_left;
      keep_hello(p, bytes, n);
      bytes += n;
      len -= n;
      p->message_left -= (uint32_t)n;
    }
    if (p->message_left == 0)
      end_message(p);
  }
}

size_t wsstls_relay_parser_feed(wsstls_relay_parser *p,
                                const unsigned char *bytes, size_t len,
                                int *whole)
{
  size_t used = 0, n;

  *whole = 0;
  while (p->head_len < WSSTLS_RELAY_HEAD && used < len) {
    p->head[p->head_len++] = bytes[used++];
    if (!wsstls_relay_plausible(p->head, p->head_len)) {
      p->plain = 1;
      return len;
    }
    if (p->head_len == WSSTLS_RELAY_HEAD)
      p->left = wsstls_relay_fragment(p->head);
  }
  if (p->head_len < WSSTLS_RELAY_HEAD)
    return used;
  n = len - used < p->left ? len - used : p->left;
  if (p->head[0] == WSSTLS_RELAY_HANDSHAKE && !p->encrypted)
    read_messages(p, bytes + used, n);
  p->left -= (uint32_t)n;
  *whole = p->left == 0;
  return used + n;
}

void wsstls_relay_parser_next(wsstls_relay_parser *p)
{
  /* in TLS 1.3 it means nothing, and a second ClientHello may follow */
  if (p->head[0] == WSSTLS_RELAY_CCS && p->session->hello_seen &&
      !p->session->tls13)
    p->encrypted = 1;
  p->head_len = 0;
  p->nmessages = 0;
}

const char *wsstls_relay_message_name(int type)
{
#define NAME(number, name) case number: return name;
  switch (type) {
  WSSTLS_RELAY_MESSAGE_NAMES(NAME)
  default: return "unknown";
  }
#undef NAME
}

int wsstls_relay_message(const char *name)
{
#define TEST(number, text) if (strcmp(name, text) == 0) return number;
  WSSTLS_RELAY_MESSAGE_NAMES(TEST)
#undef TEST
  return -1;
}

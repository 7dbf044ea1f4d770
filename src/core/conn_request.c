/* conn_request.c: the client's request, as lws wrote it and as it is sent.
 *
 * lws cuts a path at 2 KB and a host at 128 bytes, in the middle of a line.
 * It is told a short path and the address instead, and here, where it asks
 * for more headers, its first line and its Host become what they should be.
 */
#include "conn_parts.h"

#include <stdlib.h>
#include <string.h>
#include "bytes.h"

static const char FIRST[] = "GET " WSSTLS_LWS_PATH " HTTP/1.1";
static const char HOST[] = "\r\nHost: ";
static const char KEY[] = "\r\nSec-WebSocket-Key: ";

enum { RESERVED = 12 }; /* lws keeps so much for the end */

static int text(wsstls_bytes *head, const char *s)
{
  return wsstls_bytes_add(head, s, strlen(s));
}

/* What has to come back for lws's key: judged with the rest of the answer. */
static int note_accept(wsstls_conn *c, const char *head, size_t n)
{
  const char *key = memmem(head, n, KEY, sizeof KEY - 1), *end;

  if (key == NULL)
    return 0;
  key += sizeof KEY - 1;
  end = memchr(key, '\r', n - (size_t)(key - head));
  if (end == NULL)
    return 0;
  free(c->accept);
  c->accept = calloc(1, WSSTLS_ACCEPT_SIZE);
  return c->accept != NULL &&
         wsstls_accept_key(key, (size_t)(end - key), c->accept);
}

static int headers(wsstls_bytes *head, const wsstls_conn *c)
{
  for (size_t i = 0; i < c->nheaders; i++) {
    const wsstls_header *h = &c->headers[i];

    if (!text(head, "\r\n") || !text(head, h->name) || !text(head, ": ") ||
        !text(head, h->value))
      return 0;
  }
  return 1;
}

/* The same head with our path, host and headers; 0: not what we know lws to
 * write, or no memory. The headers come first: servers of lws overlook what
 * follows one like X-Auth (docs/limits.md, "Heads"), here "Pragma". */
static int rewrite(wsstls_bytes *head, const wsstls_conn *c,
                   const char *written, size_t n)
{
  const char *end = written + n, *host, *rest;

  if (n < sizeof FIRST || memcmp(written, FIRST, sizeof FIRST - 1) != 0)
    return 0;
  written += sizeof FIRST - 1;
  host = memmem(written, (size_t)(end - written), HOST, sizeof HOST - 1);
  if (host == NULL)
    return 0;
  rest = memmem(host + 2, (size_t)(end - host) - 2, "\r\n", 2);
  return rest != NULL && text(head, "GET ") && text(head, c->path) &&
         text(head, " HTTP/1.1") && headers(head, c) &&
         wsstls_bytes_add(head, written, (size_t)(host - written)) &&
         text(head, HOST) && text(head, c->authority) &&
         wsstls_bytes_add(head, rest, (size_t)(end - rest));
}

int wsstls_conn_request(wsstls_conn *c, char **p, size_t left)
{
  size_t written = WSSTLS_LWS_BUFFER - RESERVED - left, n;
  char *start = *p - written;
  wsstls_bytes head = { 0 };
  int ok = left <= WSSTLS_LWS_BUFFER - RESERVED &&
           rewrite(&head, c, start, written) &&
           note_accept(c, start, written);

  n = wsstls_bytes_count(&head);
  ok = ok && n <= written + left;
  if (ok) {
    memcpy(start, wsstls_bytes_front(&head), n);
    *p = start + n;
  } else {
    wsstls_conn_end(c, WSSTLS_LIMIT_MEMORY);
  }
  wsstls_bytes_free(&head);
  return ok ? 0 : -1;
}

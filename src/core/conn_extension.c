/* conn_extension.c: permessage-deflate as libwebsockets gets to see it.
 *
 * lws carries the negotiation and, while an extension is active, lets the
 * reserved bits pass. Payload it never touches: we inflate in RECEIVE and
 * deflate before lws_write.
 */
#include "conn_parts.h"

#include <stdio.h>
#include <string.h>

/* From HTTP_CONFIRM_UPGRADE on, until the same call of lws has answered. */
static struct {
  wsstls_deflate_choice choice;
  int mention;
  struct lws_ext_options options[WSSTLS_DEFLATE_ECHOES + 1];
} answering;

void wsstls_conn_extension_offered(wsstls_conn *c)
{
  char value[WSSTLS_DEFLATE_HEADER + 1];
  size_t i;

  memset(&answering, 0, sizeof answering);
  if (!c->compress ||
      wsstls_deflate_header(c->o.record.head, value, sizeof value) >=
        sizeof value)
    return;
  wsstls_deflate_choose(value, &answering.choice);
  c->agreed = answering.choice.params;
  for (i = 0; i < answering.choice.nechoes; i++) {
    answering.options[i].name = answering.choice.echoes[i];
    answering.options[i].type = EXTARG_NONE;
  }
}

int wsstls_conn_extension_declined(void)
{
  return ++answering.mention != answering.choice.mention;
}

int wsstls_conn_extension_answered(wsstls_conn *c, char *why, size_t len)
{
  char value[1024];
  size_t n = wsstls_deflate_header(c->o.record.head, value, sizeof value);

  if (n == 0)
    return 1;
  if (c->compress && n < sizeof value &&
      wsstls_deflate_answer(value, &c->agreed))
    return 1;
  snprintf(why, len, "the server's extensions are not an answer to "
           "'" WSSTLS_EXTENSION_OFFER "': %.200s", value);
  return 0;
}

static int construct(wsstls_conn *c, const struct lws_ext_options **options)
{
  /* lws repeats the client's parameters that are in this table; in an
   * answer, read already, it then finds nothing to object to */
  static const struct lws_ext_options none[1];

  if (options != NULL)
    *options = c->o.record.is_server ? answering.options : none;
  if (c->deflate != NULL)
    return -1;
  c->deflate = wsstls_deflate_new(&c->agreed, c->o.record.is_server);
  return c->deflate != NULL ? 0 : -1;
}

int wsstls_conn_extension(struct lws_context *context,
                          const struct lws_extension *extension,
                          struct lws *wsi,
                          enum lws_extension_callback_reasons reason,
                          void *user, void *in, size_t len)
{
  wsstls_conn *c = lws_get_opaque_user_data(wsi);

  (void)context, (void)extension, (void)user, (void)len;
  switch ((int)reason) {
  case LWS_EXT_CB_CONSTRUCT:
  case LWS_EXT_CB_CLIENT_CONSTRUCT:
    return c != NULL ? construct(c, in) : -1;
  case LWS_EXT_CB_PACKET_TX_PRESEND:
    /* the header's first byte; `in` begins with a struct lws_tokens */
    if (c != NULL && c->tx_packed && ((struct lws_tokens *)in)->len > 0) {
      *((struct lws_tokens *)in)->token |= WSSTLS_RSV1;
      c->tx_packed = 0;
    }
    return 0;
  default: /* 0: payload goes by as if there were no extension */
    return 0;
  }
}

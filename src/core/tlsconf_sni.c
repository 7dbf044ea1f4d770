/* tlsconf_sni.c: one certificate per server name (RFC 6066 3).
 *
 * The name picks a certificate for this SSL only. SSL_set_SSL_CTX is never
 * used: the other SSL_CTX would come without the observer's hooks.
 */
#include "tlsconf_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *lower(const char *name)
{
  size_t i, len = strlen(name);
  char *copy = malloc(len + 1);

  if (copy == NULL)
    return NULL;
  for (i = 0; i <= len; i++)
    copy[i] = (char)tolower((unsigned char)name[i]);
  return copy;
}

wsstls_status wsstls_tlsconf_add_sni(wsstls_tlsconf *c, const char *name,
                                     wsstls_tlsconf *certificate)
{
  wsstls_sni_entry *more = realloc(c->names,
                                   (c->nnames + 1) * sizeof *more);

  if (more == NULL)
    return WSSTLS_LIMIT_MEMORY;
  c->names = more;
  more[c->nnames].name = lower(name);
  if (more[c->nnames].name == NULL)
    return WSSTLS_LIMIT_MEMORY;
  more[c->nnames].conf = wsstls_tlsconf_ref(certificate);
  c->nnames++;
  return WSSTLS_OK;
}

static const wsstls_tlsconf *find(const wsstls_tlsconf *c, const char *name)
{
  const char *dot = strchr(name, '.');
  size_t i;

  for (i = 0; i < c->nnames; i++)
    if (strcasecmp(c->names[i].name, name) == 0)
      return c->names[i].conf;
  for (i = 0; dot != NULL && i < c->nnames; i++)
    if (c->names[i].name[0] == '*' &&
        strcasecmp(c->names[i].name + 1, dot) == 0)
      return c->names[i].conf;
  return NULL;
}

int wsstls_tlsconf_servername(wsstls_tlsconf *c, SSL *ssl, int *alert)
{
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const wsstls_tlsconf *chosen = name != NULL ? find(c, name) : NULL;

  if (chosen != NULL) {
    if (wsstls_tlsconf_use_cert(chosen, ssl) == WSSTLS_OK)
      return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  if (c->nnames > 0 && c->cert == NULL) {
    /* no default certificate: the name is what this server lives by */
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  return name != NULL && c->nnames == 0 ? SSL_TLSEXT_ERR_OK
                                        : SSL_TLSEXT_ERR_NOACK;
}

/* pki_name.c: distinguished names and general names from text. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include "pki.h"

wsstls_status wsstls_name_make(const wsstls_pairs *pairs, X509_NAME **out,
                               wsstls_error *err)
{
  X509_NAME *name = X509_NAME_new();
  size_t i;

  *out = NULL;
  if (name == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  for (i = 0; i < pairs->count; i++) {
    const wsstls_pair *p = &pairs->items[i];

    if (!X509_NAME_add_entry_by_txt(
          name, p->name, MBSTRING_UTF8,
          (const unsigned char *)p->value, (int)p->len, -1, 0)) {
      wsstls_status status;
      char what[128];

      snprintf(what, sizeof what, "subject: %.40s=%.60s", p->name,
               p->value);
      status = wsstls_pki_fail(err, WSSTLS_PKI_MISUSE, what);
      X509_NAME_free(name);
      return status;
    }
  }
  *out = name;
  return WSSTLS_OK;
}

static int is_ascii(const wsstls_pair *p)
{
  size_t i;

  for (i = 0; i < p->len; i++)
    if ((unsigned char)p->value[i] >= 0x80)
      return 0;
  return 1;
}

/* Writes 4 or 16 bytes to `out`; 0 when it is no address. */
static int parse_ip(const char *text, unsigned char *out)
{
  if (inet_pton(AF_INET, text, out) == 1)
    return 4;
  return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

static int parse_mask(const char *text, int size, unsigned char *out)
{
  char *end = NULL;
  long bits;
  int i;

  if (strchr(text, '.') != NULL || strchr(text, ':') != NULL)
    return parse_ip(text, out) == size;
  bits = strtol(text, &end, 10);
  if (end == text || *end != '\0' || bits < 0 || bits > size * 8)
    return 0;
  for (i = 0; i < size; i++, bits -= 8)
    out[i] = (unsigned char)(bits >= 8 ? 0xff
                             : bits <= 0 ? 0 : 0xff << (8 - bits));
  return 1;
}

/* An address, or in a constraint address and mask (RFC 5280 4.2.1.10). */
static ASN1_OCTET_STRING *make_ip(const wsstls_pair *p, int constraint)
{
  unsigned char bytes[32];
  char text[128];
  char *slash;
  int size;
  ASN1_OCTET_STRING *s;

  if (p->len >= sizeof text || memchr(p->value, 0, p->len) != NULL)
    return NULL;
  memcpy(text, p->value, p->len);
  text[p->len] = '\0';
  slash = strchr(text, '/');
  if (slash != NULL)
    *slash++ = '\0';
  if ((slash != NULL && !constraint) || (size = parse_ip(text, bytes)) == 0)
    return NULL;
  if (constraint &&
      !parse_mask(slash != NULL ? slash : size == 4 ? "32" : "128", size,
                  bytes + size))
    return NULL;
  if ((s = ASN1_OCTET_STRING_new()) == NULL ||
      !ASN1_OCTET_STRING_set(s, bytes, constraint ? size * 2 : size)) {
    ASN1_OCTET_STRING_free(s);
    return NULL;
  }
  return s;
}

static ASN1_IA5STRING *make_ia5(const wsstls_pair *p)
{
  ASN1_IA5STRING *s = ASN1_IA5STRING_new();

  if (s != NULL && ASN1_STRING_set(s, p->value, (int)p->len))
    return s;
  ASN1_IA5STRING_free(s);
  return NULL;
}

/* SmtpUTF8Mailbox (RFC 8398), for a local part beyond ASCII. */
static int set_utf8_mailbox(GENERAL_NAME *name, const wsstls_pair *p)
{
  ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
  ASN1_TYPE *value = ASN1_TYPE_new();

  if (text == NULL || value == NULL ||
      !ASN1_STRING_set(text, p->value, (int)p->len)) {
    ASN1_UTF8STRING_free(text);
    ASN1_TYPE_free(value);
    return 0;
  }
  ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
  if (GENERAL_NAME_set0_othername(
        name, OBJ_nid2obj(NID_id_on_SmtpUTF8Mailbox), value))
    return 1;
  ASN1_TYPE_free(value);
  return 0;
}

/* Takes the strings of "a\0b\0c\0d\0" apart, two at a time. */
static X509_NAME *make_directory(const wsstls_pair *p, wsstls_error *err)
{
  const char *at = p->value, *end = at + p->len;
  wsstls_pairs pairs = { NULL, 0 };
  X509_NAME *out = NULL;
  size_t room = 0;

  for (const char *s = at; s < end; s++)
    room += *s == '\0';
  if (room % 2 != 0)
    return NULL;
  if ((pairs.items = calloc(room / 2 + 1, sizeof *pairs.items)) == NULL) {
    wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
    return NULL;
  }
  while (at < end) {
    wsstls_pair *pair = &pairs.items[pairs.count++];

    pair->name = at;
    pair->value = at + strlen(at) + 1;
    pair->len = strlen(pair->value);
    at = pair->value + pair->len + 1;
  }
  (void)wsstls_name_make(&pairs, &out, err);
  free(pairs.items);
  return out;
}

static int set_other(GENERAL_NAME *name, const wsstls_pair *p)
{
  size_t oid = strnlen(p->value, p->len);
  const unsigned char *der = (const unsigned char *)p->value + oid + 1;
  ASN1_OBJECT *object;
  ASN1_TYPE *value;

  if (oid >= p->len || (object = OBJ_txt2obj(p->value, 1)) == NULL)
    return 0;
  value = d2i_ASN1_TYPE(NULL, &der, (long)(p->len - oid - 1));
  if (value != NULL && GENERAL_NAME_set0_othername(name, object, value))
    return 1;
  ASN1_OBJECT_free(object);
  ASN1_TYPE_free(value);
  return 0;
}

static int set_value(GENERAL_NAME *name, const wsstls_pair *p,
                     int constraint, wsstls_error *err)
{
  int type;
  void *value;

  if (strcmp(p->name, "email") == 0 && !is_ascii(p))
    return set_utf8_mailbox(name, p);
  if (strcmp(p->name, "othername") == 0)
    return set_other(name, p);
  if (strcmp(p->name, "dirname") == 0) {
    type = GEN_DIRNAME;
    value = make_directory(p, err);
  } else if (strcmp(p->name, "ip") == 0) {
    type = GEN_IPADD;
    value = make_ip(p, constraint);
  } else if (strcmp(p->name, "rid") == 0) {
    type = GEN_RID;
    value = OBJ_txt2obj(p->value, 1);
  } else {
    type = strcmp(p->name, "dns") == 0     ? GEN_DNS
           : strcmp(p->name, "email") == 0 ? GEN_EMAIL
           : strcmp(p->name, "uri") == 0   ? GEN_URI
                                           : -1;
    value = type >= 0 ? make_ia5(p) : NULL;
  }
  if (value == NULL)
    return 0;
  GENERAL_NAME_set0_value(name, type, value);
  return 1;
}

wsstls_status wsstls_general_name_make(const wsstls_pair *pair,
                                       int constraint, GENERAL_NAME **out,
                                       wsstls_error *err)
{
  GENERAL_NAME *name = GENERAL_NAME_new();
  wsstls_error why;

  *out = NULL;
  if (name == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  memset(&why, 0, sizeof why);
  if (!set_value(name, pair, constraint, &why)) {
    GENERAL_NAME_free(name);
    if (why.status == WSSTLS_LIMIT_MEMORY)
      return wsstls_error_set(err, why.status, "%s", why.message);
    return wsstls_error_set(err, WSSTLS_PKI_MISUSE, "%s: '%.80s' is not %s",
                            pair->name, pair->value,
                            strcmp(pair->name, "ip") == 0
                              ? constraint ? "an IP network" : "an IP address"
                              : "a name of that kind");
  }
  *out = name;
  return WSSTLS_OK;
}

/* cert.c: see cert.h. */
#include "cert.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "certutil.h"

/* What a peer put into a string is shown, never believed: NUL, control
 * characters and bytes that are not UTF-8 become \xHH. */
char *wsstls_text_escape(const unsigned char *s, size_t len)
{
  static const char hex[] = "0123456789abcdef";
  char *out = malloc(len * 4 + 1), *p = out;
  size_t i = 0;

  if (out == NULL)
    return NULL;
  while (i < len) {
    unsigned long code = 0;
    size_t left = len - i;
    int n = UTF8_getc(s + i, left > 6 ? 6 : (int)left, &code);

    if (n < 1 || code < 0x20 || code == 0x7f || code > 0x10ffff ||
        (code >= 0x80 && code < 0xa0)) {
      *p++ = '\\';
      *p++ = 'x';
      *p++ = hex[s[i] >> 4];
      *p++ = hex[s[i] & 15];
      i++;
      continue;
    }
    memcpy(p, s + i, (size_t)n);
    p += n;
    i += (size_t)n;
  }
  *p = '\0';
  return out;
}

char *wsstls_hex(const unsigned char *s, size_t len)
{
  static const char digits[] = "0123456789abcdef";
  char *out = malloc(len * 2 + 1);
  size_t i;

  if (out == NULL)
    return NULL;
  for (i = 0; i < len; i++) {
    out[2 * i] = digits[s[i] >> 4];
    out[2 * i + 1] = digits[s[i] & 15];
  }
  out[2 * len] = '\0';
  return out;
}

int wsstls_strings_add(wsstls_strings *list, char *owned)
{
  char **items;

  if (owned == NULL)
    return 0;
  items = realloc(list->items, (list->count + 1) * sizeof *items);
  if (items == NULL) {
    free(owned);
    return 0;
  }
  list->items = items;
  list->items[list->count++] = owned;
  return 1;
}

void wsstls_strings_clear(wsstls_strings *list)
{
  size_t i;

  for (i = 0; i < list->count; i++)
    free(list->items[i]);
  free(list->items);
  list->items = NULL;
  list->count = 0;
}

/* The bytes a memory BIO holds, as a string of our own. */
static char *bio_string(BIO *bio)
{
  char *data = NULL, *out;
  long len = BIO_get_mem_data(bio, &data);

  if (len < 0 || (out = malloc((size_t)len + 1)) == NULL)
    return NULL;
  if (len > 0)
    memcpy(out, data, (size_t)len);
  out[len] = '\0';
  return out;
}

/* RFC 2253 text in UTF-8. A value that lies about its own encoding makes
 * OpenSSL give up; then every byte beyond ASCII is shown as \HH. */
char *wsstls_name_text(const X509_NAME *name)
{
  const unsigned long utf8 = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  const unsigned long raw = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_UTF8_CONVERT;
  BIO *bio = BIO_new(BIO_s_mem());
  char *out = NULL;

  if (bio == NULL)
    return NULL;
  if (X509_NAME_print_ex(bio, name, 0, utf8) < 0) {
    (void)BIO_reset(bio);
    (void)X509_NAME_print_ex(bio, name, 0, raw);
  }
  out = bio_string(bio);
  BIO_free(bio);
  return out;
}

char *wsstls_serial_text(const ASN1_INTEGER *serial)
{
  BIGNUM *bn = ASN1_INTEGER_to_BN(serial, NULL);
  char *hex = bn != NULL ? BN_bn2hex(bn) : NULL, *out = NULL, *p;

  if (hex != NULL && (out = strdup(hex)) != NULL)
    for (p = out; *p != '\0'; p++)
      *p = (char)tolower((unsigned char)*p);
  OPENSSL_free(hex);
  BN_free(bn);
  return out;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; timegm is not
 * everywhere and time_t not always wide. */
static long long days_from_civil(long long y, int m, int d)
{
  long long era, yoe, doy;

  y -= m <= 2;
  era = (y >= 0 ? y : y - 399) / 400;
  yoe = y - era * 400;
  doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

long long wsstls_time_epoch(const ASN1_TIME *t)
{
  struct tm tm;

  memset(&tm, 0, sizeof tm);
  if (t == NULL || !ASN1_TIME_to_tm(t, &tm))
    return 0;
  return days_from_civil(tm.tm_year + 1900LL, tm.tm_mon + 1, tm.tm_mday) *
           86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

void wsstls_errors_mark(void)
{
  ERR_clear_error();
}

void wsstls_errors_forget(void)
{
  ERR_clear_error();
}

int wsstls_errors_memory(void)
{
  unsigned long code;
  int found = 0;

  while ((code = ERR_get_error()) != 0)
    found |= ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
  return found;
}

wsstls_status wsstls_errors_judge(wsstls_status status, wsstls_error *err)
{
  if (status != WSSTLS_OK && wsstls_errors_memory())
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_LIMIT_MEMORY)
    wsstls_error_set(err, status, "not enough memory");
  return status;
}

char *wsstls_object_text(const ASN1_OBJECT *object, int long_name)
{
  int nid = OBJ_obj2nid(object);
  char dotted[128];

  if (nid != NID_undef)
    return strdup(long_name ? OBJ_nid2ln(nid) : OBJ_nid2sn(nid));
  if (OBJ_obj2txt(dotted, sizeof dotted, object, 1) <= 0)
    return strdup("?");
  return strdup(dotted);
}

/* Textual address; what is no address is shown as hex. */
char *wsstls_ip_text(const unsigned char *s, size_t len)
{
  char text[INET6_ADDRSTRLEN];

  if (len == 4 && inet_ntop(AF_INET, s, text, sizeof text) != NULL)
    return strdup(text);
  if (len == 16 && inet_ntop(AF_INET6, s, text, sizeof text) != NULL)
    return strdup(text);
  return wsstls_hex(s, len);
}

int wsstls_cert_read_subject(const X509_NAME *subject, wsstls_cert *out)
{
  int i = X509_NAME_get_index_by_NID((X509_NAME *)subject, NID_commonName, -1);
  int last = -1;

  for (; i >= 0; last = i, i = X509_NAME_get_index_by_NID(
                             (X509_NAME *)subject, NID_commonName, i))
    ;
  if (last >= 0) {
    const ASN1_STRING *s =
      X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last));
    unsigned char *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, s);

    out->cn = len >= 0 ? wsstls_text_escape(utf8, (size_t)len)
                       : wsstls_text_escape(ASN1_STRING_get0_data(s),
                                            (size_t)ASN1_STRING_length(s));
    OPENSSL_free(utf8);
    if (out->cn == NULL)
      return 0;
  }
  return (out->subject = wsstls_name_text(subject)) != NULL;
}

static int read_strings(X509 *x, wsstls_cert *out)
{
  out->issuer = wsstls_name_text(X509_get_issuer_name(x));
  out->serial = wsstls_serial_text(X509_get0_serialNumber(x));
  return out->issuer != NULL && out->serial != NULL &&
         wsstls_cert_read_subject(X509_get_subject_name(x), out);
}

int wsstls_key_describe(EVP_PKEY *key, char **type, int *bits, char **curve)
{
  const char *name = EVP_PKEY_get0_type_name(key);
  char group[80];
  size_t len = 0;
  char *p;

  *bits = EVP_PKEY_get_bits(key);
  if ((*type = strdup(name != NULL ? name : "unknown")) == NULL)
    return 0;
  for (p = *type; *p != '\0'; p++)
    *p = (char)tolower((unsigned char)*p);
  if (strcmp(*type, "ec") != 0)
    return 1;
  if (EVP_PKEY_get_group_name(key, group, sizeof group, &len)) {
    const char *nist = EC_curve_nid2nist(OBJ_txt2nid(group));

    return (*curve = strdup(nist != NULL ? nist : group)) != NULL;
  }
  return !wsstls_errors_memory(); /* a curve of its own has no name */
}

static int read_key(X509 *x, wsstls_cert *out)
{
  EVP_PKEY *key = X509_get0_pubkey(x);
  ASN1_OBJECT *algorithm = NULL;

  if (key != NULL)
    return wsstls_key_describe(key, &out->key_type, &out->key_bits,
                               &out->key_curve);
  /* a key nobody here can use still has a name */
  if (!X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL,
                              X509_get_X509_PUBKEY(x)))
    return 1;
  return (out->key_type = wsstls_object_text(algorithm, 0)) != NULL;
}

char *wsstls_pin_text(X509_PUBKEY *key)
{
  unsigned char digest[EVP_MAX_MD_SIZE], base64[64], *spki = NULL;
  int n = i2d_X509_PUBKEY(key, &spki);
  unsigned len = 0;
  char *out = NULL;

  if (n > 0 && EVP_Digest(spki, (size_t)n, digest, &len, EVP_sha256(), NULL)) {
    EVP_EncodeBlock(base64, digest, (int)len);
    out = strdup((char *)base64);
  }
  OPENSSL_free(spki);
  return out;
}

static int read_hashes(X509 *x, wsstls_cert *out)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  BIO *bio;

  if (!X509_digest(x, EVP_sha256(), digest, &len) ||
      (out->sha256 = wsstls_hex(digest, len)) == NULL)
    return 0;
  out->spki_sha256 = wsstls_pin_text(X509_get_X509_PUBKEY(x));
  if (out->spki_sha256 == NULL)
    return 0;
  if ((bio = BIO_new(BIO_s_mem())) == NULL)
    return 0;
  if (PEM_write_bio_X509(bio, x))
    out->pem = bio_string(bio);
  BIO_free(bio);
  return out->pem != NULL;
}

wsstls_status wsstls_cert_read(X509 *x, wsstls_cert *out)
{
  int ok;

  memset(out, 0, sizeof *out);
  out->path_length = -1;
  /* what cannot be decoded must not look like a TLS error later */
  wsstls_errors_mark();
  out->version = (int)X509_get_version(x) + 1;
  out->not_before = wsstls_time_epoch(X509_get0_notBefore(x));
  out->not_after = wsstls_time_epoch(X509_get0_notAfter(x));
  ok = read_strings(x, out) && read_key(x, out) && read_hashes(x, out) &&
       wsstls_cert_read_extensions(x, out);
  if (ok) {
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *object = NULL;

    X509_get0_signature(NULL, &algorithm, x);
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    ok = (out->signature_algorithm = wsstls_object_text(object, 1)) != NULL;
  }
  out->self_signed = X509_NAME_cmp(X509_get_subject_name(x),
                                   X509_get_issuer_name(x)) == 0 &&
                     (out->subject_key_id == NULL ||
                      out->authority_key_id == NULL ||
                      strcmp(out->subject_key_id, out->authority_key_id) == 0);
  ok = ok && !wsstls_errors_memory();
  wsstls_errors_forget();
  if (ok)
    return WSSTLS_OK;
  wsstls_cert_free(out);
  return WSSTLS_LIMIT_MEMORY;
}

void wsstls_cert_free(wsstls_cert *c)
{
  free(c->subject);
  free(c->issuer);
  free(c->cn);
  free(c->serial);
  free(c->key_type);
  free(c->key_curve);
  free(c->signature_algorithm);
  free(c->subject_key_id);
  free(c->authority_key_id);
  free(c->sha256);
  free(c->spki_sha256);
  free(c->pem);
  wsstls_strings_clear(&c->dns);
  wsstls_strings_clear(&c->ip);
  wsstls_strings_clear(&c->email);
  wsstls_strings_clear(&c->uri);
  wsstls_strings_clear(&c->dirname);
  wsstls_strings_clear(&c->othername);
  wsstls_strings_clear(&c->rid);
  wsstls_strings_clear(&c->key_usage);
  wsstls_strings_clear(&c->extended_key_usage);
  memset(c, 0, sizeof *c);
}

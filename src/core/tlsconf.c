/* tlsconf.c: a tlsconf's making and end; the parts are in tlsconf_*.c. */
#include "tlsconf_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

/* More names than this make a CertificateRequest that some peers refuse;
 * an empty list means "any". */
#define CA_NAMES_MAX 256

void wsstls_tlsopts_init(wsstls_tlsopts *o)
{
  memset(o, 0, sizeof *o);
  o->system_ca = -1;
  o->tickets = 2;
  wsstls_policy_init(&o->policy);
}

static int copy(char **to, const char *from)
{
  *to = from != NULL ? strdup(from) : NULL;
  return from == NULL || *to != NULL;
}

static int copy_alpn(wsstls_tlsconf *c, const wsstls_tlsopts *o)
{
  if (o->alpn == NULL)
    return 1;
  c->alpn = malloc(o->alpn_len + 1u);
  if (c->alpn == NULL)
    return 0;
  memcpy(c->alpn, o->alpn, o->alpn_len);
  c->alpn_len = o->alpn_len;
  return 1;
}

static int copy_options(wsstls_tlsconf *c, const wsstls_tlsopts *o)
{
  c->min_version = o->min_version != 0 ? o->min_version : TLS1_2_VERSION;
  c->max_version = o->max_version;
  c->alpn_strict = o->alpn_strict;
  c->client_verify = o->client_verify;
  c->tickets = o->tickets;
  return copy(&c->ciphers, o->ciphers) &&
         copy(&c->ciphersuites, o->ciphersuites) &&
         copy(&c->groups, o->groups) && copy(&c->sigalgs, o->sigalgs) &&
         copy(&c->sni, o->sni) && copy_alpn(c, o) &&
         (!c->server ||
          RAND_bytes(c->session_id, sizeof c->session_id) == 1);
}

static wsstls_status load_dh(wsstls_tlsconf *c, const wsstls_tlsopts *o,
                             wsstls_error *err)
{
  const char *text = o->dh.bytes;
  int is_text = text != NULL &&
    memmem(text, o->dh.len, "-----BEGIN", 10) != NULL;
  BIO *bio;

  if (text == NULL)
    return WSSTLS_OK;
  if (!is_text && access(text, F_OK) != 0)
    return wsstls_error_set(err, WSSTLS_CONFIG_FILE_MISSING,
                            "dh_file: %.300s does not exist", text);
  bio = is_text ? BIO_new_mem_buf(text, (int)o->dh.len)
                : BIO_new_file(text, "r");
  if (bio == NULL) {
    ERR_clear_error();
    return wsstls_error_set(err, WSSTLS_CONFIG_FILE_UNREADABLE,
                            "dh_file: %.300s cannot be read", text);
  }
  c->dh = PEM_read_bio_Parameters(bio, NULL);
  BIO_free(bio);
  ERR_clear_error();
  if (c->dh != NULL && EVP_PKEY_is_a(c->dh, "DH"))
    return WSSTLS_OK;
  if (c->dh != NULL && EVP_PKEY_is_a(c->dh, "DHX"))
    return WSSTLS_OK;
  return wsstls_error_set(err, WSSTLS_CONFIG_DH_UNUSABLE,
    "dh_file: %.200s holds no DH parameters (PEM, 'BEGIN DH PARAMETERS')",
    is_text ? "the text given" : text);
}

static int add_name(STACK_OF(X509_NAME) *names, const X509_NAME *name)
{
  X509_NAME *dup = X509_NAME_dup(name);

  if (dup == NULL)
    return 0;
  if (sk_X509_NAME_push(names, dup) > 0)
    return 1;
  X509_NAME_free(dup);
  return 0;
}

/* The CAs a client may choose its certificate by (RFC 8446 4.2.4). */
static int name_cas(wsstls_tlsconf *c, const wsstls_tlsopts *o)
{
  STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(c->trust.store);
  X509 *x;
  int i, ok = 1;

  if (c->trust.system || sk_X509_OBJECT_num(objects) > CA_NAMES_MAX)
    return 1;
  c->ca_names = sk_X509_NAME_new_null();
  if (c->ca_names == NULL)
    return 0;
  for (i = 0; ok && i < sk_X509_OBJECT_num(objects); i++) {
    x = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    ok = x == NULL || add_name(c->ca_names, X509_get_subject_name(x));
  }
  if (ok && o->ca_path != NULL)
    SSL_add_dir_cert_subjects_to_stack(c->ca_names, o->ca_path);
  if (sk_X509_NAME_num(c->ca_names) > CA_NAMES_MAX) {
    sk_X509_NAME_pop_free(c->ca_names, X509_NAME_free);
    c->ca_names = NULL;
  }
  ERR_clear_error();
  return ok;
}

static wsstls_status load_trust(wsstls_tlsconf *c, const wsstls_tlsopts *o,
                                wsstls_error *err)
{
  wsstls_status status;

  if (c->server && c->client_verify == 0 && o->nca == 0 &&
      o->ca_file == NULL && o->ca_path == NULL && o->ncrl == 0)
    return WSSTLS_OK;
  status = wsstls_trust_crls(o, &c->policy.crls, err);
  if (status == WSSTLS_OK)
    status = wsstls_trust_get(o, &c->trust, err);
  if (status != WSSTLS_OK)
    return status;
  c->policy.trust_system = c->trust.system;
  c->policy.trust_count = c->trust.count;
  if (c->server && c->client_verify != 0 && !name_cas(c, o))
    return WSSTLS_LIMIT_MEMORY;
  return WSSTLS_OK;
}

static wsstls_status build(wsstls_tlsconf *c, const wsstls_tlsopts *o,
                           wsstls_error *err)
{
  wsstls_status status = wsstls_policy_copy(&c->policy, &o->policy);

  if (status == WSSTLS_OK && !copy_options(c, o))
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK)
    status = wsstls_tlsconf_load_cert(c, o, err);
  if (status == WSSTLS_OK)
    status = load_trust(c, o, err);
  if (status == WSSTLS_OK && c->server)
    status = load_dh(c, o, err);
  if (status == WSSTLS_OK)
    status = wsstls_tlsconf_check(c, err);
  if (status == WSSTLS_OK && o->keylog != NULL)
    status = wsstls_tlsconf_open_keylog(c, o->keylog, err);
  return status;
}

wsstls_status wsstls_tlsconf_new(const wsstls_tlsopts *o, int server,
                                 wsstls_tlsconf **out, wsstls_error *err)
{
  wsstls_tlsconf *c = calloc(1, sizeof *c);
  wsstls_status status;

  *out = NULL;
  if (err != NULL)
    memset(err, 0, sizeof *err);
  if (c == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  c->refs = 1;
  c->server = server;
  c->keylog_fd = -1;
  wsstls_policy_init(&c->policy);
  c->chain = sk_X509_new_null();
  status = c->chain != NULL ? build(c, o, err) : WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK) {
    *out = c;
    return status;
  }
  if (err != NULL && err->status != status)
    wsstls_error_set(err, status, "%s", wsstls_status_text(status));
  wsstls_tlsconf_unref(c);
  return status;
}

wsstls_tlsconf *wsstls_tlsconf_ref(wsstls_tlsconf *c)
{
  c->refs++;
  return c;
}

static void free_strings(wsstls_tlsconf *c)
{
  size_t i;

  for (i = 0; i < c->nnames; i++) {
    free(c->names[i].name);
    wsstls_tlsconf_unref(c->names[i].conf);
  }
  free(c->names);
  free(c->ciphers);
  free(c->ciphersuites);
  free(c->groups);
  free(c->sigalgs);
  free(c->alpn);
  free(c->sni);
}

void wsstls_tlsconf_unref(wsstls_tlsconf *c)
{
  if (c == NULL || --c->refs > 0)
    return;
  free_strings(c);
  SSL_free(c->model);
  X509_free(c->cert);
  EVP_PKEY_free(c->key);
  sk_X509_pop_free(c->chain, X509_free);
  sk_X509_NAME_pop_free(c->ca_names, X509_NAME_free);
  EVP_PKEY_free(c->dh);
  wsstls_trust_clear(&c->trust);
  wsstls_policy_clear(&c->policy);
  if (c->keylog_fd >= 0)
    close(c->keylog_fd);
  free(c);
}

const wsstls_policy *wsstls_tlsconf_policy(const wsstls_tlsconf *c)
{
  return &c->policy;
}

int wsstls_tlsconf_has_certificate(const wsstls_tlsconf *c)
{
  return c->cert != NULL;
}

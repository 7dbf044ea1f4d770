/* trust.c: see trust.h. */
#include "trust.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>

#define KEPT 16

typedef struct kept {
  unsigned char key[32];
  wsstls_trust trust;
  unsigned long long used;
} kept;

static kept cache[KEPT];
static unsigned long long tick;

int wsstls_source_given(const wsstls_source *s)
{
  return s->material != NULL || s->bytes != NULL;
}

/* What a message ends with that says "give its password". */
static const char *password_place(wsstls_status status, const char *option)
{
  if (status != WSSTLS_CONFIG_PASSWORD_MISSING)
    return "";
  if (strcmp(option, "pkcs12") == 0)
    return " with the option 'pkcs12_password'";
  if (strcmp(option, "ca") == 0 || strcmp(option, "ca_file") == 0 ||
      strcmp(option, "crl") == 0)
    return " with pki.load(x, password)";
  return " with the option 'key_password'";
}

wsstls_status wsstls_source_load(const wsstls_source *s, const char *option,
                                 const char *password,
                                 wsstls_material **out, wsstls_error *err)
{
  wsstls_error inner = { 0 };
  wsstls_status status;

  if (s->material != NULL) {
    *out = wsstls_material_ref(s->material);
    return WSSTLS_OK;
  }
  status = wsstls_material_load(s->bytes, s->len, password, out, &inner);
  if (status == WSSTLS_OK)
    return status;
  return wsstls_error_set(err, status, "%s: %.350s%s", option, inner.message,
                          password_place(status, option));
}

const char *wsstls_source_label(const wsstls_source *s, const char *option,
                                char out[WSSTLS_LABEL_SIZE])
{
  if (s->bytes == NULL || !wsstls_material_is_path(s->bytes, s->len))
    return option;
  snprintf(out, WSSTLS_LABEL_SIZE, "%s: %.*s", option,
           (int)(s->len < 150 ? s->len : 150), s->bytes);
  return out;
}

static int add_cert(X509_STORE *store, X509 *x, int *count)
{
  if (X509_STORE_add_cert(store, x) != 1)
    return 0;
  (*count)++;
  return 1;
}

/* A reusable store inside a list: its certificates and CRLs come along. */
static int add_store(X509_STORE *to, X509_STORE *from, int *count)
{
  STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(from);
  X509_OBJECT *o;
  int i, ok = 1;

  for (i = 0; ok && i < sk_X509_OBJECT_num(objects); i++) {
    o = sk_X509_OBJECT_value(objects, i);
    if (X509_OBJECT_get0_X509(o) != NULL)
      ok = add_cert(to, X509_OBJECT_get0_X509(o), count);
    else if (X509_OBJECT_get0_X509_CRL(o) != NULL)
      ok = X509_STORE_add_crl(to, X509_OBJECT_get0_X509_CRL(o)) == 1;
  }
  return ok;
}

static int add_crls(X509_STORE *store, const wsstls_material *m)
{
  int i, ok = 1;

  for (i = 0; ok && i < sk_X509_CRL_num(m->crls); i++)
    ok = X509_STORE_add_crl(store, sk_X509_CRL_value(m->crls, i)) == 1;
  return ok;
}

static int add_material(X509_STORE *store, const wsstls_material *m,
                        int *count)
{
  int i, ok = add_crls(store, m);

  if (ok && m->store != NULL)
    ok = add_store(store, m->store, count);
  if (ok && m->folder != NULL)
    ok = X509_STORE_load_path(store, m->folder) == 1;
  if (ok && m->cert != NULL)
    ok = add_cert(store, m->cert, count);
  for (i = 0; ok && !m->issued && i < sk_X509_num(m->chain); i++)
    ok = add_cert(store, sk_X509_value(m->chain, i), count);
  return ok;
}

static wsstls_status add_ca(wsstls_trust *t, const wsstls_source *s,
                            const char *option, wsstls_error *err)
{
  wsstls_material *m = NULL;
  wsstls_status status = wsstls_source_load(s, option, NULL, &m, err);
  char label[WSSTLS_LABEL_SIZE];
  int before = t->count;

  if (status != WSSTLS_OK)
    return status;
  t->system |= m->system; /* fill adds those at the end */
  if (!add_material(t->store, m, &t->count))
    status = wsstls_error_set(err, WSSTLS_LIMIT_MEMORY,
                              "%s: the trust store could not grow", option);
  else if (t->count == before && m->kind != WSSTLS_MATERIAL_STORE)
    status = wsstls_error_set(err, WSSTLS_CONFIG_CA_EMPTY,
      "%s: a certificate was expected, and this holds only a %s",
      wsstls_source_label(s, option, label),
      wsstls_material_kind_name(m->kind));
  wsstls_material_unref(m);
  return status;
}

/* "9d66eef0.0" or "9d66eef0.r0": what c_rehash and `pki rehash` make. */
static int is_hash_name(const char *name)
{
  size_t i;

  for (i = 0; i < 8; i++)
    if (!isxdigit((unsigned char)name[i]))
      return 0;
  name += 8;
  if (*name++ != '.')
    return 0;
  if (*name == 'r')
    name++;
  return isdigit((unsigned char)*name);
}

static wsstls_status add_folder(wsstls_trust *t, const char *path,
                                wsstls_error *err)
{
  DIR *dir = opendir(path);
  struct dirent *e;
  int hashed = 0, error = errno;

  if (dir == NULL)
    return wsstls_error_set(err, error == ENOENT
      ? WSSTLS_CONFIG_FILE_MISSING : WSSTLS_CONFIG_FILE_UNREADABLE,
      "ca_path: %s: %s", path, strerror(error));
  while (!hashed && (e = readdir(dir)) != NULL)
    hashed = is_hash_name(e->d_name);
  closedir(dir);
  if (!hashed)
    return wsstls_error_set(err, WSSTLS_CONFIG_CA_EMPTY,
      "ca_path: %s has no file named by subject hash; "
      "wsstls pki rehash makes the names", path);
  if (X509_STORE_load_path(t->store, path) == 1)
    return WSSTLS_OK;
  return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY,
                          "ca_path: %s could not be used", path);
}

static wsstls_status fill(const wsstls_tlsopts *o, wsstls_trust *t,
                          wsstls_error *err)
{
  wsstls_source file = { o->ca_file, 0, NULL };
  wsstls_status status = WSSTLS_OK;
  size_t i;

  for (i = 0; status == WSSTLS_OK && i < o->nca; i++)
    status = add_ca(t, &o->ca[i], "ca", err);
  if (status == WSSTLS_OK && o->ca_file != NULL) {
    file.len = strlen(o->ca_file);
    status = add_ca(t, &file, "ca_file", err);
  }
  if (status == WSSTLS_OK && o->ca_path != NULL)
    status = add_folder(t, o->ca_path, err);
  /* a system without a store is no fault here: nothing is trusted then */
  if (status == WSSTLS_OK && t->system)
    X509_STORE_set_default_paths(t->store);
  ERR_clear_error();
  return status;
}

static kept *find(const unsigned char key[32])
{
  size_t i;

  for (i = 0; i < KEPT; i++)
    if (cache[i].trust.store != NULL && memcmp(cache[i].key, key, 32) == 0)
      return &cache[i];
  return NULL;
}

static void keep(const unsigned char key[32], const wsstls_trust *t)
{
  kept *oldest = &cache[0];
  size_t i;

  for (i = 1; i < KEPT && oldest->trust.store != NULL; i++)
    if (cache[i].trust.store == NULL || cache[i].used < oldest->used)
      oldest = &cache[i];
  wsstls_trust_clear(&oldest->trust);
  if (!X509_STORE_up_ref(t->store))
    return;
  memcpy(oldest->key, key, 32);
  oldest->trust = *t;
  oldest->used = ++tick;
}

/* One reusable store and nothing beside it is used as it is. */
static int is_one_store(const wsstls_tlsopts *o)
{
  return o->nca == 1 && o->ca[0].material != NULL &&
         o->ca[0].material->kind == WSSTLS_MATERIAL_STORE &&
         o->ca[0].material->store != NULL && o->ca_file == NULL &&
         o->ca_path == NULL && o->system_ca <= 0;
}

static wsstls_status share_store(const wsstls_material *m, wsstls_trust *out)
{
  if (!X509_STORE_up_ref(m->store))
    return WSSTLS_LIMIT_MEMORY;
  out->store = m->store;
  out->count = sk_X509_OBJECT_num(X509_STORE_get0_objects(m->store));
  out->system = m->system;
  return WSSTLS_OK;
}

wsstls_status wsstls_trust_get(const wsstls_tlsopts *o, wsstls_trust *out,
                               wsstls_error *err)
{
  unsigned char key[32];
  int known;
  wsstls_status status;
  kept *k;

  memset(out, 0, sizeof *out);
  if (is_one_store(o))
    return share_store(o->ca[0].material, out);
  known = wsstls_trust_key(o, key);
  k = known ? find(key) : NULL;
  if (k != NULL) {
    k->used = ++tick;
    *out = k->trust;
    return X509_STORE_up_ref(out->store) ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
  }
  out->system = o->system_ca > 0 ||
    (o->system_ca < 0 && !o->ca_given && o->nca == 0 &&
     o->ca_file == NULL && o->ca_path == NULL);
  out->store = X509_STORE_new();
  if (out->store == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no trust store");
  status = fill(o, out, err);
  if (status != WSSTLS_OK)
    wsstls_trust_clear(out);
  else if (known)
    keep(key, out);
  return status;
}

static wsstls_status take_crls(const wsstls_source *s,
                               STACK_OF(X509_CRL) *list, wsstls_error *err)
{
  wsstls_material *m = NULL;
  wsstls_status status = wsstls_source_load(s, "crl", NULL, &m, err);
  char label[WSSTLS_LABEL_SIZE];
  X509_CRL *crl;
  int i;

  if (status == WSSTLS_CONFIG_NOT_A_CERTIFICATE && err != NULL)
    return err->status = WSSTLS_CONFIG_CRL_UNUSABLE;
  if (status != WSSTLS_OK)
    return status;
  if (sk_X509_CRL_num(m->crls) < 1)
    status = wsstls_error_set(err, WSSTLS_CONFIG_CRL_UNUSABLE,
      "%s: a CRL was expected, and this holds only a %s",
      wsstls_source_label(s, "crl", label),
      wsstls_material_kind_name(m->kind));
  for (i = 0; status == WSSTLS_OK && i < sk_X509_CRL_num(m->crls); i++) {
    crl = sk_X509_CRL_value(m->crls, i);
    if (!X509_CRL_up_ref(crl)) {
      status = WSSTLS_LIMIT_MEMORY;
    } else if (sk_X509_CRL_push(list, crl) < 1) {
      X509_CRL_free(crl);
      status = WSSTLS_LIMIT_MEMORY;
    }
  }
  wsstls_material_unref(m);
  return status;
}

wsstls_status wsstls_trust_crls(const wsstls_tlsopts *o,
                                STACK_OF(X509_CRL) **out, wsstls_error *err)
{
  wsstls_status status = WSSTLS_OK;
  size_t i;

  *out = NULL;
  if (o->ncrl == 0)
    return WSSTLS_OK;
  *out = sk_X509_CRL_new_null();
  if (*out == NULL)
    return WSSTLS_LIMIT_MEMORY;
  for (i = 0; status == WSSTLS_OK && i < o->ncrl; i++)
    status = take_crls(&o->crl[i], *out, err);
  return status;
}

void wsstls_trust_clear(wsstls_trust *t)
{
  X509_STORE_free(t->store);
  memset(t, 0, sizeof *t);
}

void wsstls_trust_forget(void)
{
  size_t i;

  for (i = 0; i < KEPT; i++)
    wsstls_trust_clear(&cache[i].trust);
}

/* pki_store.c: trust that is parsed once and used many times. */
#include <string.h>
#include <sys/stat.h>
#include <openssl/x509_vfy.h>
#include "certutil.h"
#include "pki.h"

static int keep_cert(wsstls_material *m, X509 *x)
{
  int i;

  for (i = 0; i < sk_X509_num(m->chain); i++)
    if (X509_cmp(sk_X509_value(m->chain, i), x) == 0)
      return 1;
  if (!X509_STORE_add_cert(m->store, x) || !X509_up_ref(x))
    return 0;
  if (sk_X509_push(m->chain, x))
    return 1;
  X509_free(x);
  return 0;
}

static int keep_crl(wsstls_material *m, X509_CRL *crl)
{
  if (!X509_STORE_add_crl(m->store, crl) || !X509_CRL_up_ref(crl))
    return 0;
  if (sk_X509_CRL_push(m->crls, crl))
    return 1;
  X509_CRL_free(crl);
  return 0;
}

/* What a store looks up when it is asked is in none of its lists. */
static int keep_lookups(wsstls_material *m, const char *folder, int system_ca)
{
  if (folder != NULL && m->folder == NULL &&
      (m->folder = strdup(folder)) == NULL)
    return 0;
  if (folder != NULL && !X509_STORE_load_path(m->store, folder))
    return 0;
  if (!system_ca || m->system)
    return 1;
  m->system = 1;
  return X509_STORE_set_default_paths(m->store);
}

static int keep_part(wsstls_material *m, const wsstls_material *part)
{
  int i, ok = part->cert == NULL || keep_cert(m, part->cert);

  for (i = 0; ok && !part->issued && i < sk_X509_num(part->chain); i++)
    ok = keep_cert(m, sk_X509_value(part->chain, i));
  for (i = 0; ok && i < sk_X509_CRL_num(part->crls); i++)
    ok = keep_crl(m, sk_X509_CRL_value(part->crls, i));
  return ok && keep_lookups(m, part->folder, part->system);
}

wsstls_status wsstls_store_make(wsstls_material *const *parts, size_t n,
                                const char *ca_path, int system_ca,
                                wsstls_material **out, wsstls_error *err)
{
  wsstls_material *m =
    wsstls_material_new(WSSTLS_MATERIAL_STORE, NULL, NULL, NULL);
  size_t i;
  int ok;
  struct stat st;

  *out = NULL;
  /* OpenSSL takes any name here and finds out at the first connection */
  if (ca_path != NULL && (stat(ca_path, &st) != 0 || !S_ISDIR(st.st_mode))) {
    wsstls_material_unref(m);
    return wsstls_error_set(err, WSSTLS_CONFIG_FILE_MISSING,
                            "%s: there is no such folder", ca_path);
  }
  wsstls_errors_mark();
  ok = m != NULL && (m->store = X509_STORE_new()) != NULL;
  for (i = 0; ok && i < n; i++)
    ok = keep_part(m, parts[i]);
  ok = ok && keep_lookups(m, ca_path, system_ca);
  wsstls_errors_forget();
  if (ok) {
    *out = m;
    return WSSTLS_OK;
  }
  wsstls_material_unref(m);
  return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
}

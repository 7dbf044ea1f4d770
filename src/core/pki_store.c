/* pki_store.c: trust that is parsed once and used many times. */
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

static int keep_part(wsstls_material *m, const wsstls_material *part)
{
  int i, ok = part->cert == NULL || keep_cert(m, part->cert);

  for (i = 0; ok && !part->issued && i < sk_X509_num(part->chain); i++)
    ok = keep_cert(m, sk_X509_value(part->chain, i));
  for (i = 0; ok && i < sk_X509_CRL_num(part->crls); i++)
    ok = keep_crl(m, sk_X509_CRL_value(part->crls, i));
  return ok;
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
  if (ok && ca_path != NULL)
    ok = X509_STORE_load_path(m->store, ca_path);
  if (ok && system_ca)
    ok = X509_STORE_set_default_paths(m->store);
  wsstls_errors_forget();
  if (ok) {
    *out = m;
    return WSSTLS_OK;
  }
  wsstls_material_unref(m);
  return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
}

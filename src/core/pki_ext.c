/* pki_ext.c: X.509 extensions, one function per kind (RFC 5280 4.2.1). */
#include <string.h>
#include <openssl/err.h>
#include "certutil.h"
#include "pki.h"

typedef STACK_OF(X509_EXTENSION) extensions;

static wsstls_status add(extensions **out, int nid, void *value,
                         int critical, wsstls_error *err)
{
  if (X509V3_add1_i2d(out, nid, value, critical, X509V3_ADD_APPEND) > 0)
    return WSSTLS_OK;
  return wsstls_pki_fail(err, WSSTLS_PKI_MISUSE, OBJ_nid2ln(nid));
}

static wsstls_status add_constraints(const wsstls_certspec *spec,
                                     extensions **out, wsstls_error *err)
{
  BASIC_CONSTRAINTS *c = BASIC_CONSTRAINTS_new();
  wsstls_status status = WSSTLS_LIMIT_MEMORY;

  if (c == NULL)
    return status;
  c->ca = spec->is_ca ? 0xff : 0;
  if (spec->path_length < 0 ||
      ((c->pathlen = ASN1_INTEGER_new()) != NULL &&
       ASN1_INTEGER_set(c->pathlen, spec->path_length)))
    status = add(out, NID_basic_constraints, c, spec->basic_constraints == 1,
                 err);
  BASIC_CONSTRAINTS_free(c);
  return status;
}

static int usage_bit(const char *name)
{
  int i;

  /* X.509's newer name for bit 1 */
  if (strcmp(name, "contentCommitment") == 0)
    return 1;
  for (i = 0; wsstls_key_usages[i] != NULL; i++)
    if (strcmp(wsstls_key_usages[i], name) == 0)
      return i;
  return -1;
}

static wsstls_status add_usage(const wsstls_certspec *spec, extensions **out,
                               wsstls_error *err)
{
  ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
  wsstls_status status = WSSTLS_OK;
  size_t i;

  if (bits == NULL)
    return WSSTLS_LIMIT_MEMORY;
  for (i = 0; status == WSSTLS_OK && i < spec->key_usage.count; i++) {
    const char *name = spec->key_usage.items[i].name;
    int bit = usage_bit(name);

    if (bit < 0)
      status = wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                                "there is no key usage '%.60s'", name);
    else if (!ASN1_BIT_STRING_set_bit(bits, bit, 1))
      status = WSSTLS_LIMIT_MEMORY;
  }
  if (status == WSSTLS_OK)
    status = add(out, NID_key_usage, bits, spec->key_usage_critical, err);
  ASN1_BIT_STRING_free(bits);
  return status;
}

static wsstls_status add_extended_usage(const wsstls_certspec *spec,
                                        extensions **out, wsstls_error *err)
{
  EXTENDED_KEY_USAGE *list = EXTENDED_KEY_USAGE_new();
  wsstls_status status = list != NULL ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
  size_t i;

  for (i = 0; status == WSSTLS_OK && i < spec->extended_key_usage.count;
       i++) {
    const char *name = spec->extended_key_usage.items[i].name;
    ASN1_OBJECT *object = OBJ_txt2obj(name, 0);

    if (object == NULL)
      status = wsstls_error_set(
        err, WSSTLS_PKI_MISUSE,
        "there is no extended key usage '%.60s'; a dotted OID would do",
        name);
    else if (!sk_ASN1_OBJECT_push(list, object)) {
      ASN1_OBJECT_free(object);
      status = WSSTLS_LIMIT_MEMORY;
    }
  }
  if (status == WSSTLS_OK)
    status = add(out, NID_ext_key_usage, list,
                 spec->extended_key_usage_critical, err);
  EXTENDED_KEY_USAGE_free(list);
  return status;
}

static wsstls_status add_names(const wsstls_certspec *spec, extensions **out,
                               wsstls_error *err)
{
  GENERAL_NAMES *names = GENERAL_NAMES_new();
  wsstls_status status = names != NULL ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
  size_t i;

  for (i = 0; status == WSSTLS_OK && i < spec->names.count; i++) {
    GENERAL_NAME *name;

    status = wsstls_general_name_make(&spec->names.items[i], 0, &name, err);
    if (status == WSSTLS_OK && !sk_GENERAL_NAME_push(names, name)) {
      GENERAL_NAME_free(name);
      status = WSSTLS_LIMIT_MEMORY;
    }
  }
  if (status == WSSTLS_OK)
    status = add(out, NID_subject_alt_name, names, spec->names_critical,
                 err);
  GENERAL_NAMES_free(names);
  return status;
}

static wsstls_status add_subtrees(const wsstls_pairs *pairs,
                                  STACK_OF(GENERAL_SUBTREE) **out,
                                  wsstls_error *err)
{
  size_t i;

  if (pairs->count == 0)
    return WSSTLS_OK;
  if ((*out = sk_GENERAL_SUBTREE_new_null()) == NULL)
    return WSSTLS_LIMIT_MEMORY;
  for (i = 0; i < pairs->count; i++) {
    GENERAL_SUBTREE *tree = GENERAL_SUBTREE_new();
    GENERAL_NAME *base = NULL;
    wsstls_status status;

    if (tree == NULL)
      return WSSTLS_LIMIT_MEMORY;
    status = wsstls_general_name_make(&pairs->items[i], 1, &base, err);
    if (status == WSSTLS_OK) {
      GENERAL_NAME_free(tree->base);
      tree->base = base;
      if (!sk_GENERAL_SUBTREE_push(*out, tree))
        status = WSSTLS_LIMIT_MEMORY;
    }
    if (status != WSSTLS_OK) {
      GENERAL_SUBTREE_free(tree);
      return status;
    }
  }
  return WSSTLS_OK;
}

static wsstls_status add_name_constraints(const wsstls_certspec *spec,
                                          extensions **out,
                                          wsstls_error *err)
{
  NAME_CONSTRAINTS *c = NAME_CONSTRAINTS_new();
  wsstls_status status;

  if (c == NULL)
    return WSSTLS_LIMIT_MEMORY;
  status = add_subtrees(&spec->permitted, &c->permittedSubtrees, err);
  if (status == WSSTLS_OK)
    status = add_subtrees(&spec->excluded, &c->excludedSubtrees, err);
  if (status == WSSTLS_OK)
    status = add(out, NID_name_constraints, c, spec->constraints_critical,
                 err);
  NAME_CONSTRAINTS_free(c);
  return status;
}

/* Bytes as they are: what they mean is the caller's business. */
static wsstls_status add_raw(const wsstls_extension *e, extensions **out,
                             wsstls_error *err)
{
  ASN1_OBJECT *object = OBJ_txt2obj(e->oid, 0);
  ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
  X509_EXTENSION *ext = NULL;
  wsstls_status status = WSSTLS_OK;

  if (object == NULL)
    status = wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                              "extension: '%.60s' is no OID", e->oid);
  else if (value == NULL ||
           !ASN1_OCTET_STRING_set(value, (const unsigned char *)e->value,
                                  (int)e->len) ||
           (ext = X509_EXTENSION_create_by_OBJ(NULL, object, e->critical,
                                               value)) == NULL ||
           X509v3_add_ext(out, ext, -1) == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  X509_EXTENSION_free(ext);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(object);
  return status;
}

wsstls_status wsstls_extensions_make(const wsstls_certspec *spec,
                                     extensions **out, wsstls_error *err)
{
  wsstls_status status = WSSTLS_OK;
  size_t i;

  if (spec->basic_constraints != 0)
    status = add_constraints(spec, out, err);
  if (status == WSSTLS_OK && spec->has_key_usage)
    status = add_usage(spec, out, err);
  if (status == WSSTLS_OK && spec->has_extended_key_usage)
    status = add_extended_usage(spec, out, err);
  if (status == WSSTLS_OK && spec->has_names && spec->names.count > 0)
    status = add_names(spec, out, err);
  if (status == WSSTLS_OK && spec->permitted.count + spec->excluded.count > 0)
    status = add_name_constraints(spec, out, err);
  for (i = 0; status == WSSTLS_OK && i < spec->nextensions; i++)
    status = add_raw(&spec->extensions[i], out, err);
  return status;
}

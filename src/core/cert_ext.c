/* cert_ext.c: a certificate's extensions as plain data; see cert.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/x509v3.h>
#include "certutil.h"

const char *const wsstls_key_usages[] = {
  "digitalSignature", "nonRepudiation", "keyEncipherment",
  "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign",
  "encipherOnly", "decipherOnly", NULL
};

static char *escape(const ASN1_STRING *s)
{
  return wsstls_text_escape(ASN1_STRING_get0_data(s),
                            (size_t)ASN1_STRING_length(s));
}

static char *dotted(const ASN1_OBJECT *object)
{
  char text[128];

  return strdup(OBJ_obj2txt(text, sizeof text, object, 1) > 0 ? text : "?");
}

static char *value_text(ASN1_TYPE *value, const char **label)
{
  unsigned char *der = NULL;
  char *out;
  int len;

  *label = "UTF8";
  if (value->type == V_ASN1_UTF8STRING)
    return escape(value->value.utf8string);
  *label = "DER";
  len = i2d_ASN1_TYPE(value, &der);
  out = wsstls_hex(der, len > 0 ? (size_t)len : 0);
  OPENSSL_free(der);
  return out;
}

/* "1.3.6.1.4.1.311.20.2.3;UTF8:user@host", as openssl.cnf has it. RFC 8398:
 * an address whose local part is not ASCII is an otherName, too. */
static int add_other(const OTHERNAME *other, wsstls_cert *out)
{
  const char *label = NULL;
  char *oid, *value, *text = NULL;
  size_t size;

  if (OBJ_obj2nid(other->type_id) == NID_id_on_SmtpUTF8Mailbox &&
      other->value->type == V_ASN1_UTF8STRING)
    return wsstls_strings_add(&out->email,
                              escape(other->value->value.utf8string));
  oid = dotted(other->type_id);
  value = value_text(other->value, &label);
  if (oid != NULL && value != NULL) {
    size = strlen(oid) + strlen(label) + strlen(value) + 3;
    if ((text = malloc(size)) != NULL)
      snprintf(text, size, "%s;%s:%s", oid, label, value);
  }
  free(oid);
  free(value);
  return wsstls_strings_add(&out->othername, text);
}

static int add_name(const GENERAL_NAME *name, wsstls_cert *out)
{
  switch (name->type) {
  case GEN_DNS:
    return wsstls_strings_add(&out->dns, escape(name->d.dNSName));
  case GEN_EMAIL:
    return wsstls_strings_add(&out->email, escape(name->d.rfc822Name));
  case GEN_URI:
    return wsstls_strings_add(
      &out->uri, escape(name->d.uniformResourceIdentifier));
  case GEN_IPADD:
    return wsstls_strings_add(
      &out->ip, wsstls_ip_text(name->d.iPAddress->data,
                               (size_t)name->d.iPAddress->length));
  case GEN_OTHERNAME:
    return add_other(name->d.otherName, out);
  case GEN_DIRNAME:
    return wsstls_strings_add(&out->dirname,
                              wsstls_name_text(name->d.directoryName));
  case GEN_RID:
    return wsstls_strings_add(&out->rid, dotted(name->d.registeredID));
  default:
    return 1;
  }
}

int wsstls_cert_read_names(const GENERAL_NAMES *names, wsstls_cert *out)
{
  int i, ok = 1;

  for (i = 0; ok && i < sk_GENERAL_NAME_num(names); i++)
    ok = add_name(sk_GENERAL_NAME_value(names, i), out);
  return ok;
}

static int read_names(X509 *x, wsstls_cert *out)
{
  GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
  int ok = wsstls_cert_read_names(names, out);

  GENERAL_NAMES_free(names);
  return ok;
}

static int read_usage(X509 *x, wsstls_cert *out)
{
  ASN1_BIT_STRING *bits = X509_get_ext_d2i(x, NID_key_usage, NULL, NULL);
  int i, ok = 1;

  if (bits == NULL)
    return 1;
  for (i = 0; ok && wsstls_key_usages[i] != NULL; i++)
    if (ASN1_BIT_STRING_get_bit(bits, i))
      ok = wsstls_strings_add(&out->key_usage, strdup(wsstls_key_usages[i]));
  ASN1_BIT_STRING_free(bits);
  return ok;
}

static int read_extended_usage(X509 *x, wsstls_cert *out)
{
  EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
  int i, ok = 1;

  for (i = 0; ok && i < sk_ASN1_OBJECT_num(list); i++)
    ok = wsstls_strings_add(
      &out->extended_key_usage,
      wsstls_object_text(sk_ASN1_OBJECT_value(list, i), 0));
  EXTENDED_KEY_USAGE_free(list);
  return ok;
}

static void read_constraints(X509 *x, wsstls_cert *out)
{
  BASIC_CONSTRAINTS *c =
    X509_get_ext_d2i(x, NID_basic_constraints, NULL, NULL);

  if (c == NULL)
    return;
  out->basic_constraints = 1;
  out->is_ca = c->ca != 0;
  if (c->pathlen != NULL) {
    int64_t n = 0;

    /* a length beyond int constrains nothing anybody can build */
    if (ASN1_INTEGER_get_int64(&n, c->pathlen) && n >= 0)
      out->path_length = n > 0x7fffffff ? 0x7fffffff : (int)n;
  }
  BASIC_CONSTRAINTS_free(c);
}

static int read_key_ids(X509 *x, wsstls_cert *out)
{
  ASN1_OCTET_STRING *ski =
    X509_get_ext_d2i(x, NID_subject_key_identifier, NULL, NULL);
  AUTHORITY_KEYID *aki =
    X509_get_ext_d2i(x, NID_authority_key_identifier, NULL, NULL);
  int ok = 1;

  if (ski != NULL)
    ok = (out->subject_key_id =
            wsstls_hex(ski->data, (size_t)ski->length)) != NULL;
  if (ok && aki != NULL && aki->keyid != NULL)
    ok = (out->authority_key_id =
            wsstls_hex(aki->keyid->data, (size_t)aki->keyid->length)) != NULL;
  ASN1_OCTET_STRING_free(ski);
  AUTHORITY_KEYID_free(aki);
  return ok;
}

int wsstls_cert_read_extensions(X509 *x, wsstls_cert *out)
{
  read_constraints(x, out);
  return read_names(x, out) && read_usage(x, out) &&
         read_extended_usage(x, out) && read_key_ids(x, out);
}

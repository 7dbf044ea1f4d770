/* webpki.h: what browsers and Go demand beyond OpenSSL's own checks.
 *
 * Rules of RFC 5280 and of the CA/Browser Forum's Baseline Requirements that
 * X509_verify_cert does not look at, each with a name and a sentence. They
 * apply to a path OpenSSL has accepted; a path that fails is followed by a
 * search for another one, as browsers do and OpenSSL does not.
 */
#ifndef WSSTLS_WEBPKI_H
#define WSSTLS_WEBPKI_H

#include "verify_pass.h"

#define WSSTLS_WEBPKI_RULES(X) \
  X(SAN_MISSING, "the certificate has no subjectAltName") \
  X(SAN_CRITICAL, "subjectAltName is critical beside a subject") \
  X(SAN_NOT_CRITICAL, "without a subject, subjectAltName must be critical") \
  X(SAN_INVALID_NAME, "subjectAltName holds a name that is none") \
  X(SAN_WILDCARD, "a wildcard must be the whole leftmost label, above two " \
    "others") \
  X(CN_NOT_IN_SAN, "the common name is a host or address that " \
    "subjectAltName does not have") \
  X(EKU_MISSING, "the certificate has no extended key usage") \
  X(EKU_CRITICAL, "extended key usage must not be critical") \
  X(EKU_ANY, "anyExtendedKeyUsage is not allowed") \
  X(EKU_IN_ROOT, "a root must not have an extended key usage") \
  X(AKI_MISSING, "the authority key identifier is missing") \
  X(AKI_WITHOUT_KEY_ID, "the authority key identifier has no key id") \
  X(AKI_WITH_ISSUER, "the authority key identifier must have a key id " \
    "only") \
  X(AKI_NOT_OWN, "a root's authority key identifier is not its own key") \
  X(SKI_MISSING, "a CA without subject key identifier") \
  X(SERIAL_TOO_LONG, "the serial number is longer than 20 bytes") \
  X(SERIAL_NOT_POSITIVE, "the serial number is not positive") \
  X(VERSION_NOT_3, "the certificate's version is not 3") \
  X(CA_WITHOUT_SUBJECT, "a CA without a subject") \
  X(BASIC_CONSTRAINTS_MISSING, "a CA without basicConstraints") \
  X(BASIC_CONSTRAINTS_NOT_CRITICAL, "a CA's basicConstraints must be " \
    "critical") \
  X(LEAF_IS_CA, "the certificate of a server is a CA's") \
  X(LEAF_SIGNS_CERTIFICATES, "keyCertSign in a certificate that is no CA's") \
  X(NAME_CONSTRAINTS_IN_LEAF, "name constraints belong to CAs only") \
  X(NAME_CONSTRAINTS_EMPTY, "name constraints that constrain nothing") \
  X(NAME_CONSTRAINTS_INVALID, "a name constraint is malformed") \
  X(WILDCARD_REACHES_EXCLUDED, "a wildcard covers a name that a CA " \
    "excludes") \
  X(POLICY_CONSTRAINTS_NOT_CRITICAL, "policy constraints must be critical") \
  X(AIA_MALFORMED, "authority information access is malformed") \
  X(KEY_TYPE_FORBIDDEN, "a key of this type or curve is not allowed") \
  X(VALIDITY_TOO_LONG, "the certificate is valid for longer than CAs may " \
    "issue") \
  X(RSA_KEY_TOO_SHORT, "an RSA key needs 2048 bits") \
  X(RSA_KEY_ODD_SIZE, "the size of an RSA key must divide by 8") \
  X(CRL_NUMBER_MISSING, "the CRL has no CRL number")

typedef enum wsstls_webpki_rule {
#define WSSTLS_WEBPKI_ENUM(name, text) WSSTLS_WEBPKI_##name,
  WSSTLS_WEBPKI_RULES(WSSTLS_WEBPKI_ENUM)
#undef WSSTLS_WEBPKI_ENUM
  WSSTLS_WEBPKI_COUNT
} wsstls_webpki_rule;

/* Adds what is wrong with v->chain. */
void wsstls_webpki_check(const wsstls_policy *p, const wsstls_verdict *v,
                         wsstls_faults *list);

/* Faults of OpenSSL's that are none to the web PKI: notAfter is the last
 * second of validity, RFC 5280 4.1.2.5, and not the first after it. */
void wsstls_webpki_forgive(const wsstls_verdict *v, wsstls_faults *list);

/* Looks for another path that OpenSSL and the rules accept. 1: v->chain is
 * that path now. Bounded: an attacker chooses the certificates. */
int wsstls_webpki_other_path(X509_STORE_CTX *ctx, const wsstls_policy *p,
                             wsstls_verdict *v);

/* webpki_*.c, one certificate at a time. */
typedef struct wsstls_webpki {
  const wsstls_policy *policy;
  const wsstls_verdict *verdict;
  wsstls_faults *list;
  X509 *x;
  int depth, is_leaf;
  int is_root;                 /* self-issued */
  int is_anchor;               /* the top of the path */
} wsstls_webpki;

void wsstls_webpki_break(const wsstls_webpki *w, wsstls_webpki_rule rule);
void wsstls_webpki_leaf_names(const wsstls_webpki *w);
void wsstls_webpki_constraints(const wsstls_webpki *w);

#endif

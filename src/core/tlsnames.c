/* tlsnames.c: see tlsnames.h. */
#include "tlsnames.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

typedef struct name {
  int number;
  const char *text;
} name;

static const name alerts[] = {
  { 0, "close_notify" }, { 10, "unexpected_message" },
  { 20, "bad_record_mac" }, { 21, "decryption_failed" },
  { 22, "record_overflow" }, { 30, "decompression_failure" },
  { 40, "handshake_failure" }, { 41, "no_certificate" },
  { 42, "bad_certificate" }, { 43, "unsupported_certificate" },
  { 44, "certificate_revoked" }, { 45, "certificate_expired" },
  { 46, "certificate_unknown" }, { 47, "illegal_parameter" },
  { 48, "unknown_ca" }, { 49, "access_denied" }, { 50, "decode_error" },
  { 51, "decrypt_error" }, { 60, "export_restriction" },
  { 70, "protocol_version" }, { 71, "insufficient_security" },
  { 80, "internal_error" }, { 86, "inappropriate_fallback" },
  { 90, "user_canceled" }, { 100, "no_renegotiation" },
  { 109, "missing_extension" }, { 110, "unsupported_extension" },
  { 111, "certificate_unobtainable" }, { 112, "unrecognized_name" },
  { 113, "bad_certificate_status_response" },
  { 114, "bad_certificate_hash_value" }, { 115, "unknown_psk_identity" },
  { 116, "certificate_required" }, { 120, "no_application_protocol" },
};

static const name handshakes[] = {
  { 0, "hello_request" }, { 1, "client_hello" }, { 2, "server_hello" },
  { 4, "new_session_ticket" }, { 5, "end_of_early_data" },
  { 8, "encrypted_extensions" }, { 11, "certificate" },
  { 12, "server_key_exchange" }, { 13, "certificate_request" },
  { 14, "server_hello_done" }, { 15, "certificate_verify" },
  { 16, "client_key_exchange" }, { 20, "finished" },
  { 22, "certificate_status" }, { 24, "key_update" },
  { 254, "message_hash" },
};

static const name groups[] = {
  { 21, "P-224" }, { 22, "secp256k1" }, { 23, "P-256" }, { 24, "P-384" },
  { 25, "P-521" }, { 26, "brainpoolP256r1" }, { 27, "brainpoolP384r1" },
  { 28, "brainpoolP512r1" }, { 29, "X25519" }, { 30, "X448" },
  { 256, "ffdhe2048" }, { 257, "ffdhe3072" }, { 258, "ffdhe4096" },
  { 259, "ffdhe6144" }, { 260, "ffdhe8192" }, { 4587, "SecP256r1MLKEM768" },
  { 4588, "X25519MLKEM768" },
};

static const name sigalgs[] = {
  { 0x0201, "rsa_pkcs1_sha1" }, { 0x0203, "ecdsa_sha1" },
  { 0x0301, "rsa_pkcs1_sha224" }, { 0x0303, "ecdsa_sha224" },
  { 0x0401, "rsa_pkcs1_sha256" }, { 0x0403, "ecdsa_secp256r1_sha256" },
  { 0x0501, "rsa_pkcs1_sha384" }, { 0x0503, "ecdsa_secp384r1_sha384" },
  { 0x0601, "rsa_pkcs1_sha512" }, { 0x0603, "ecdsa_secp521r1_sha512" },
  { 0x0804, "rsa_pss_rsae_sha256" }, { 0x0805, "rsa_pss_rsae_sha384" },
  { 0x0806, "rsa_pss_rsae_sha512" }, { 0x0807, "ed25519" },
  { 0x0808, "ed448" }, { 0x0809, "rsa_pss_pss_sha256" },
  { 0x080a, "rsa_pss_pss_sha384" }, { 0x080b, "rsa_pss_pss_sha512" },
};

static const name errnos[] = {
  { EPERM, "EPERM" }, { EACCES, "EACCES" }, { EPIPE, "EPIPE" },
  { EMFILE, "EMFILE" }, { ENFILE, "ENFILE" }, { ENOMEM, "ENOMEM" },
  { EINVAL, "EINVAL" }, { EADDRINUSE, "EADDRINUSE" },
  { EADDRNOTAVAIL, "EADDRNOTAVAIL" }, { ENETDOWN, "ENETDOWN" },
  { ENETUNREACH, "ENETUNREACH" }, { ECONNABORTED, "ECONNABORTED" },
  { ECONNRESET, "ECONNRESET" }, { ENOBUFS, "ENOBUFS" },
  { ETIMEDOUT, "ETIMEDOUT" }, { ECONNREFUSED, "ECONNREFUSED" },
  { EHOSTDOWN, "EHOSTDOWN" }, { EHOSTUNREACH, "EHOSTUNREACH" },
};

#define LOOK(table, number) look(table, sizeof table / sizeof *table, number)

static const char *look(const name *table, size_t count, int number)
{
  for (size_t i = 0; i < count; i++)
    if (table[i].number == number)
      return table[i].text;
  return NULL;
}

static const char *or_hex(const char *text, int number, char *buf)
{
  if (text != NULL)
    return text;
  snprintf(buf, 16, "0x%04x", (unsigned)number & 0xffffu);
  return buf;
}

const char *wsstls_alert_name(int number)
{
  const char *text = LOOK(alerts, number);

  return text != NULL ? text : "unknown";
}

const char *wsstls_handshake_name(int type)
{
  const char *text = LOOK(handshakes, type);

  return text != NULL ? text : "unknown";
}

const char *wsstls_version_name(int version, char *buf)
{
  switch (version) {
  case SSL3_VERSION: return "SSLv3";
  case TLS1_VERSION: return "TLSv1";
  case TLS1_1_VERSION: return "TLSv1.1";
  case TLS1_2_VERSION: return "TLSv1.2";
  case TLS1_3_VERSION: return "TLSv1.3";
  default: return or_hex(NULL, version, buf);
  }
}

const char *wsstls_group_name(int id, char *buf)
{
  return or_hex(LOOK(groups, id), id, buf);
}

const char *wsstls_sigalg_name(int id, char *buf)
{
  return or_hex(LOOK(sigalgs, id), id, buf);
}

const char *wsstls_group_nid_name(int nid, char *buf)
{
  const char *text;

  if (nid & TLSEXT_nid_unknown) /* no NID: the wire's number, marked */
    return wsstls_group_name(nid & 0xffff, buf);
  text = EC_curve_nid2nist(nid);
  return text != NULL ? text : OBJ_nid2sn(nid);
}

const char *wsstls_signature_name(int type, int digest, int tls13, char *buf)
{
  int bits = digest == NID_sha256 ? 256 : digest == NID_sha384 ? 384
             : digest == NID_sha512 ? 512 : digest == NID_sha1 ? 1 : 0;

  switch (type) {
  case EVP_PKEY_ED25519: return "ed25519";
  case EVP_PKEY_ED448: return "ed448";
  case EVP_PKEY_RSA_PSS:
    snprintf(buf, 32, "rsa_pss_rsae_sha%d", bits);
    return buf;
  case EVP_PKEY_RSA:
    snprintf(buf, 32, "rsa_pkcs1_sha%d", bits);
    return buf;
  case EVP_PKEY_EC:
    if (tls13 && bits > 1)
      snprintf(buf, 32, "ecdsa_secp%dr1_sha%d", bits == 512 ? 521 : bits,
               bits);
    else
      snprintf(buf, 32, "ecdsa_sha%d", bits);
    return buf;
  default: return "";
  }
}

const char *wsstls_errno_name(int error)
{
  const char *text = LOOK(errnos, error);

  return text != NULL ? text : "";
}

const char *wsstls_openssl_version(void)
{
  return OpenSSL_version(OPENSSL_VERSION);
}

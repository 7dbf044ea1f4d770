/* tlsnames.h: numbers on the wire as RFC names. Unknown ones as "0x1a2b".
 * Every function returns static text, or fills `buf` (>= 32 bytes). */
#ifndef WSSTLS_TLSNAMES_H
#define WSSTLS_TLSNAMES_H

#include <stddef.h>

const char *wsstls_alert_name(int number);        /* RFC 8446 6 */
const char *wsstls_handshake_name(int type);      /* RFC 8446 4 */
const char *wsstls_version_name(int version, char *buf);
const char *wsstls_group_name(int id, char *buf); /* IANA supported groups */
const char *wsstls_sigalg_name(int id, char *buf); /* IANA SignatureScheme */
/* The TLS name of an OpenSSL key type and digest pair, "" when unknown. */
const char *wsstls_signature_name(int type, int digest, int tls13,
                                  char *buf);
const char *wsstls_group_nid_name(int nid, char *buf);
const char *wsstls_errno_name(int error);         /* "" when unknown */
/* "OpenSSL 3.0.22 ..." of the library that runs, OpenSSL_version(3). */
const char *wsstls_openssl_version(void);

#endif

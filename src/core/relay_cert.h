/* relay_cert.h: another certificate for a TLS 1.2 handshake in flight. */
#ifndef WSSTLS_RELAY_CERT_H
#define WSSTLS_RELAY_CERT_H

#include <stddef.h>
#include "material.h"

/* A Certificate message (RFC 5246 7.4.2) with the leaf and the chain of `m`,
 * malloc'd; NULL: no memory, or it would not fit a message. */
unsigned char *wsstls_relay_certificate(const wsstls_material *m,
                                        size_t *len);

#endif

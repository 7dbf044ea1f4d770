/* pin.h: a pinned key as text, the SHA-256 of its SubjectPublicKeyInfo
 * (RFC 7469 2.4), in hex (colons between bytes are fine), in base64, or as
 * curl writes it, with "sha256//" before the base64. */
#ifndef WSSTLS_PIN_H
#define WSSTLS_PIN_H

/* Returns 0 when `text` is none of these. */
int wsstls_pin_read(const char *text, unsigned char out[32]);

#endif

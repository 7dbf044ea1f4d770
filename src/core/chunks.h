/* chunks.h: an HTTP body in chunks (RFC 9112 7.1), as far as it has come. */
#ifndef WSSTLS_CHUNKS_H
#define WSSTLS_CHUNKS_H

#include <stddef.h>

typedef void (*wsstls_chunk)(const char *data, size_t len, void *ud);

/* Hands the data of every chunk, and what there is of the last one, to `fn`
 * (may be NULL). 1: the body is complete, trailers and all; 0: more is to
 * come; -1: this is no chunked body. */
int wsstls_chunks(const char *body, size_t len, wsstls_chunk fn, void *ud);

#endif

/* compat.h: every OpenSSL and libwebsockets version test lives here.
 *
 * The rest of the core asks WSSTLS_HAVE_* and never looks at a version.
 */
#ifndef WSSTLS_COMPAT_H
#define WSSTLS_COMPAT_H

#include <openssl/opensslv.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "wsstls needs OpenSSL 3.0 or newer"
#endif

#if defined(__linux__)
#define WSSTLS_HAVE_EPOLL 1
#else
#define WSSTLS_HAVE_EPOLL 0
#endif

#if defined(__GNUC__)
#define WSSTLS_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define WSSTLS_PRINTF(f, a)
#endif

#endif

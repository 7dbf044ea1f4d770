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

/* A child asks to be killed when its parent ends; a process becomes the
 * parent of orphans below it. */
#include <signal.h>
#include <sys/prctl.h>
#define WSSTLS_DIE_WITH_PARENT() prctl(PR_SET_PDEATHSIG, SIGKILL)
#define WSSTLS_ADOPT_ORPHANS(on) \
  ((void)prctl(PR_SET_CHILD_SUBREAPER, (on) ? 1L : 0L))

/* Closes every descriptor from `fd` on; 0 where the system cannot. */
#include <sys/syscall.h>
#if defined(SYS_close_range)
#include <unistd.h>
#define WSSTLS_CLOSE_FROM(fd) (syscall(SYS_close_range, (fd), ~0u, 0) == 0)
#else
#define WSSTLS_CLOSE_FROM(fd) ((void)(fd), 0)
#endif

#if defined(__GNUC__)
#define WSSTLS_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define WSSTLS_PRINTF(f, a)
#endif

#endif

/* tlsconf.h: TLS options -> parsed material -> one SSL*.
 *
 * A tlsconf is made once from plain options, checked completely (so that
 * every mistake is a clear error before a byte is sent), and then applied to
 * any number of SSL objects at SSL_CB_HANDSHAKE_START, client or server.
 * lws-made SSL_CTXs are never configured: docs/architecture.md says why.
 *
 * Reference counted; immutable except through wsstls_tlsconf_reload.
 */
#ifndef WSSTLS_TLSCONF_H
#define WSSTLS_TLSCONF_H

#include <stddef.h>
#include <openssl/ssl.h>
#include "material.h"
#include "status.h"
#include "verify.h"

/* Where something comes from: a material, or bytes/path. All borrowed. */
typedef struct wsstls_source {
  const char *bytes;           /* NULL when `material` is set or absent */
  size_t len;
  wsstls_material *material;
} wsstls_source;

/* Borrowed for the duration of wsstls_tlsconf_new. Zero/NULL = not given;
 * start from wsstls_tlsopts_init. Version numbers: TLS1_2_VERSION etc. */
typedef struct wsstls_tlsopts {
  wsstls_source *ca;           /* ca, ca_file and list entries */
  size_t nca;
  int ca_given;                /* an empty list trusts nobody */
  const char *ca_file;         /* one more of them, by its path */
  const char *ca_path;         /* folder of files named by subject hash */
  int system_ca;               /* -1 absent, 0, 1 */
  wsstls_source cert, key, pkcs12;
  wsstls_source *chain;        /* extra intermediates */
  size_t nchain;
  const char *key_password, *pkcs12_password;
  int send_root;
  wsstls_source *crl;          /* crl and crl_file */
  size_t ncrl;
  int min_version, max_version;
  const char *ciphers, *ciphersuites, *groups, *sigalgs;
  const unsigned char *alpn;   /* wire format, RFC 7301 3.1 */
  unsigned alpn_len;
  int alpn_strict;             /* server: no overlap is alert 120 */
  const char *sni;             /* client: NULL sends none */
  int client_verify;           /* server: 0 none, 1 optional, 2 required */
  wsstls_source dh;            /* server: DH parameters, PEM */
  int tickets;                 /* server: session tickets; 2 unless given,
                                  as OpenSSL's servers send. Each costs 5 %
                                  of a handshake */
  const char *keylog;          /* path, appended to, mode 0600 */
  wsstls_policy policy;        /* host, ip, time, allow, pins ... */
} wsstls_tlsopts;

typedef struct wsstls_tlsconf wsstls_tlsconf;

void wsstls_tlsopts_init(wsstls_tlsopts *o); /* clears; policy defaults */

/* Parses and checks everything; `server` is 0 or 1. Errors: every CONFIG_*
 * status, `err` names the option and the file. */
wsstls_status wsstls_tlsconf_new(const wsstls_tlsopts *o, int server,
                                 wsstls_tlsconf **out, wsstls_error *err);
wsstls_tlsconf *wsstls_tlsconf_ref(wsstls_tlsconf *c);
void wsstls_tlsconf_unref(wsstls_tlsconf *c); /* NULL is fine */

/* Adds a certificate for a server name (SNI): exact or "*.b.test". */
wsstls_status wsstls_tlsconf_add_sni(wsstls_tlsconf *c, const char *name,
                                     wsstls_tlsconf *certificate);

/* Applies everything to `ssl`. Called at SSL_CB_HANDSHAKE_START. Returns 0
 * on failure with the reason on OpenSSL's error queue (rare: all was checked
 * in _new). Does not install callbacks of the observer. */
int wsstls_tlsconf_apply(wsstls_tlsconf *c, SSL *ssl);

/* Server: picks the certificate for the name of the ClientHello. Called from
 * the servername callback; returns SSL_TLSEXT_ERR_*. */
int wsstls_tlsconf_servername(wsstls_tlsconf *c, SSL *ssl, int *alert);

/* Server: ALPN choice, from the alpn_select callback. */
int wsstls_tlsconf_alpn(wsstls_tlsconf *c, const unsigned char **out,
                        unsigned char *outlen, const unsigned char *in,
                        unsigned inlen);

const wsstls_policy *wsstls_tlsconf_policy(const wsstls_tlsconf *c);
int wsstls_tlsconf_has_certificate(const wsstls_tlsconf *c);
/* Judges a chain without a network, by the trust, CRLs and policy of `o`;
 * o->chain is the chain (the leaf of its first source, all else untrusted)
 * unless o->cert is given, whose leaf then comes first. Errors: CONFIG_*.
 * A rejection is WSSTLS_OK with a verdict that says so. */
wsstls_status wsstls_tlsopts_verify(const wsstls_tlsopts *o,
                                    int peer_is_client,
                                    wsstls_verdict **out, wsstls_error *err);

/* Trust stores are kept for later tlsconfs; this gives them back, for the
 * end of the process. Nothing that is in use is taken away. */
void wsstls_tlsconf_forget(void);

/* Appends one NSS key log line (no newline) to the configured file. */
void wsstls_tlsconf_keylog(wsstls_tlsconf *c, const char *line);
int wsstls_tlsconf_wants_keylog(const wsstls_tlsconf *c);

#endif

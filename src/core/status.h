/* status.h: every outcome a connection, a file or a wait can have.
 *
 * One table pairs the C name, the stable slug scripts see as err.code, the
 * phase it belongs to when nothing more precise is known, whether another
 * try may succeed unchanged, and the sentence that says what happened.
 * Refinements of a code (cert-imposter-root < cert-untrusted) are findings
 * of the Lua diagnosis, not statuses.
 */
#ifndef WSSTLS_STATUS_H
#define WSSTLS_STATUS_H

#include <stddef.h>
#include "compat.h"

/* X(NAME, slug, phase, temporary, sentence) */
#define WSSTLS_STATUSES(X) \
  X(OK, "ok", NONE, 0, "no error") \
  /* configuration: files, byte strings, options that name absent things */ \
  X(CONFIG_FILE_MISSING, "config-file-missing", CONFIG, 0, \
    "the file does not exist") \
  X(CONFIG_FILE_UNREADABLE, "config-file-unreadable", CONFIG, 0, \
    "the file cannot be read") \
  X(CONFIG_FILE_EMPTY, "config-file-empty", CONFIG, 0, "the file is empty") \
  X(CONFIG_NOT_A_CERTIFICATE, "config-not-a-certificate", CONFIG, 0, \
    "this is not what was expected") \
  X(CONFIG_TRUNCATED, "config-truncated", CONFIG, 0, \
    "the data ends too early") \
  X(CONFIG_KEY_MISSING, "config-key-missing", CONFIG, 0, \
    "a certificate was given without its private key") \
  X(CONFIG_KEY_MISMATCH, "config-key-mismatch", CONFIG, 0, \
    "the private key does not belong to the certificate") \
  X(CONFIG_KEY_TOO_WEAK, "config-key-too-weak", CONFIG, 0, \
    "the key is too weak for the security level") \
  X(CONFIG_PASSWORD_MISSING, "config-password-missing", CONFIG, 0, \
    "the key is encrypted and no password was given") \
  X(CONFIG_PASSWORD_WRONG, "config-password-wrong", CONFIG, 0, \
    "the password does not open it") \
  X(CONFIG_PKCS12_ALGORITHM, "config-pkcs12-algorithm", CONFIG, 0, \
    "the PKCS#12 file uses an algorithm this OpenSSL does not provide") \
  X(CONFIG_CA_EMPTY, "config-ca-empty", CONFIG, 0, \
    "the CA source holds no certificate") \
  X(CONFIG_CRL_UNUSABLE, "config-crl-unusable", CONFIG, 0, \
    "the CRL cannot be used") \
  X(CONFIG_CIPHER_UNKNOWN, "config-cipher-unknown", CONFIG, 0, \
    "no cipher in the list exists in this OpenSSL") \
  X(CONFIG_GROUP_UNKNOWN, "config-group-unknown", CONFIG, 0, \
    "a group in the list does not exist in this OpenSSL") \
  X(CONFIG_SIGALG_UNKNOWN, "config-sigalg-unknown", CONFIG, 0, \
    "a signature algorithm in the list does not exist in this OpenSSL") \
  X(CONFIG_VERSION_RANGE, "config-version-range", CONFIG, 0, \
    "no TLS version is left between the minimum and the maximum") \
  X(CONFIG_DH_UNUSABLE, "config-dh-unusable", CONFIG, 0, \
    "the DH parameters cannot be used") \
  X(CONFIG_WRITE_FAILED, "config-write-failed", CONFIG, 0, \
    "the file cannot be written") \
  X(CONFIG_SCENARIO_UNUSABLE, "config-scenario-unusable", CONFIG, 0, \
    "the file holds no scenario that can be run") \
  X(PROGRAM_NOT_STARTED, "program-not-started", CONFIG, 0, \
    "the program could not be started") \
  X(PROGRAM_NOT_READY, "program-not-ready", CONFIG, 0, \
    "the program was not ready in time") \
  /* names and addresses */ \
  X(DNS_NOT_FOUND, "dns-not-found", DNS, 0, "the host name does not resolve") \
  X(DNS_FAILED, "dns-failed", DNS, 1, "the resolver failed") \
  X(TCP_REFUSED, "tcp-refused", TCP, 1, "nothing listens at that address") \
  X(TCP_RESET, "tcp-reset", TCP, 1, "the TCP connection was reset") \
  X(TCP_UNREACHABLE, "tcp-unreachable", TCP, 1, \
    "the network or host is unreachable") \
  X(TCP_FAILED, "tcp-failed", TCP, 1, "the TCP connection failed") \
  X(TIMEOUT_CONNECT, "timeout-connect", TCP, 1, \
    "no TCP connection within the time allowed") \
  /* the proxy */ \
  X(PROXY_AUTH_REQUIRED, "proxy-auth-required", PROXY, 0, \
    "the proxy demands credentials") \
  X(PROXY_AUTH_REJECTED, "proxy-auth-rejected", PROXY, 0, \
    "the proxy rejects the credentials") \
  X(PROXY_FORBIDDEN, "proxy-forbidden", PROXY, 0, \
    "the proxy forbids this destination") \
  X(PROXY_BAD_GATEWAY, "proxy-bad-gateway", PROXY, 1, \
    "the proxy cannot reach the destination") \
  X(PROXY_CLOSED, "proxy-closed", PROXY, 1, \
    "the proxy closed the connection before it answered") \
  X(PROXY_BAD_RESPONSE, "proxy-bad-response", PROXY, 0, \
    "the proxy's answer is not HTTP") \
  X(PROXY_REFUSED, "proxy-refused", PROXY, 1, \
    "nothing listens at the proxy's address") \
  X(PROXY_FAILED, "proxy-failed", PROXY, 1, "the proxy failed") \
  X(TIMEOUT_PROXY, "timeout-proxy", PROXY, 1, \
    "no answer from the proxy within the time allowed") \
  /* TLS negotiation and records */ \
  X(TLS_VERSION_MISMATCH, "tls-version-mismatch", TLS, 0, \
    "the two sides have no TLS version in common") \
  X(TLS_NO_SHARED_CIPHER, "tls-no-shared-cipher", TLS, 0, \
    "the two sides have no cipher suite in common") \
  X(TLS_NO_SHARED_GROUP, "tls-no-shared-group", TLS, 0, \
    "the two sides have no key exchange group in common") \
  X(TLS_NO_SHARED_SIGALG, "tls-no-shared-sigalg", TLS, 0, \
    "the two sides have no signature algorithm in common") \
  X(TLS_NO_ALPN, "tls-no-alpn", TLS, 0, \
    "the two sides have no application protocol (ALPN) in common") \
  X(TLS_SNI_UNKNOWN, "tls-sni-unknown", TLS, 0, \
    "the server does not know the requested server name (SNI)") \
  X(TLS_SNI_MISSING, "tls-sni-missing", TLS, 0, \
    "the server wants a server name (SNI) and none was sent") \
  X(TLS_WRONG_PRIVATE_KEY, "tls-wrong-private-key", TLS, 0, \
    "the server's private key does not belong to its certificate") \
  X(TLS_BAD_SIGNATURE, "tls-bad-signature", TLS, 0, \
    "a handshake signature does not verify") \
  X(TLS_DH_TOO_SMALL, "tls-dh-too-small", TLS, 0, \
    "the server's DH parameters are too small") \
  X(TLS_HANDSHAKE_FAILURE, "tls-handshake-failure", TLS, 0, \
    "the peer found no acceptable set of parameters") \
  X(TLS_ALERT, "tls-alert", TLS, 0, "the peer ended TLS with an alert") \
  X(TLS_FAILED, "tls-failed", TLS, 0, "TLS failed on this side") \
  X(TLS_BAD_RECORD_MAC, "tls-bad-record-mac", TLS, 1, \
    "a record failed its integrity check") \
  X(TLS_PLAIN_CLIENT, "tls-plain-client", TLS, 0, \
    "the client does not speak TLS") \
  X(TLS_NOT_TLS, "tls-not-tls", TLS, 0, "the answer is not TLS") \
  X(TLS_EOF, "tls-eof", TLS, 1, \
    "the connection ended during the TLS handshake") \
  X(TIMEOUT_TLS, "timeout-tls", TLS, 1, \
    "no complete TLS handshake within the time allowed") \
  /* the server's certificate */ \
  X(CERT_SELF_SIGNED, "cert-self-signed", VERIFY, 0, \
    "the certificate signs itself and is not trusted") \
  X(CERT_UNTRUSTED, "cert-untrusted", VERIFY, 0, \
    "the chain does not lead to a trusted certificate") \
  X(CERT_PARTIAL_CHAIN, "cert-partial-chain", VERIFY, 0, \
    "the trusted certificate is not self-signed and partial_chain is off") \
  X(CERT_EXPIRED, "cert-expired", VERIFY, 0, "a certificate has expired") \
  X(CERT_NOT_YET_VALID, "cert-not-yet-valid", VERIFY, 0, \
    "a certificate is not valid yet") \
  X(CERT_HOST_MISMATCH, "cert-host-mismatch", VERIFY, 0, \
    "the certificate does not cover the host name") \
  X(CERT_IP_MISMATCH, "cert-ip-mismatch", VERIFY, 0, \
    "the certificate does not cover the IP address") \
  X(CERT_PURPOSE, "cert-purpose", VERIFY, 0, \
    "the certificate is not meant for this purpose") \
  X(CERT_UNKNOWN_CRITICAL_EXTENSION, "cert-unknown-critical-extension", \
    VERIFY, 0, "the certificate has a critical extension nobody here knows") \
  X(CERT_INVALID_CA, "cert-invalid-ca", VERIFY, 0, \
    "an issuer in the chain is not allowed to be a CA") \
  X(CERT_PATH_LENGTH, "cert-path-length", VERIFY, 0, \
    "a CA's path length constraint is exceeded") \
  X(CERT_DEPTH, "cert-depth", VERIFY, 0, \
    "the chain is longer than verify_depth allows") \
  X(CERT_NAME_NOT_PERMITTED, "cert-name-not-permitted", VERIFY, 0, \
    "a name is outside the permitted names of its CA") \
  X(CERT_NAME_EXCLUDED, "cert-name-excluded", VERIFY, 0, \
    "a name is among the excluded names of its CA") \
  X(CERT_BAD_SIGNATURE, "cert-bad-signature", VERIFY, 0, \
    "a certificate's signature does not verify") \
  X(CERT_KEY_TOO_WEAK, "cert-key-too-weak", VERIFY, 0, \
    "the certificate's key is too weak for the security level") \
  X(CERT_CA_KEY_TOO_WEAK, "cert-ca-key-too-weak", VERIFY, 0, \
    "a CA's key is too weak for the security level") \
  X(CERT_DIGEST_TOO_WEAK, "cert-digest-too-weak", VERIFY, 0, \
    "a certificate is signed with a digest too weak for the security level") \
  X(CERT_REVOKED, "cert-revoked", VERIFY, 0, "a certificate is revoked") \
  X(CRL_MISSING, "crl-missing", VERIFY, 0, \
    "no CRL for the certificate's issuer") \
  X(CRL_EXPIRED, "crl-expired", VERIFY, 0, "the CRL has expired") \
  X(CRL_NOT_YET_VALID, "crl-not-yet-valid", VERIFY, 0, \
    "the CRL is not valid yet") \
  X(CRL_BAD_SIGNATURE, "crl-bad-signature", VERIFY, 0, \
    "the CRL's signature does not verify") \
  X(CERT_STRICT, "cert-strict", VERIFY, 0, \
    "the chain breaks a rule of RFC 5280 that strict checking enforces") \
  X(CERT_REJECTED, "cert-rejected", TLS, 0, \
    "the client rejected this server's certificate") \
  X(CERT_PIN_MISMATCH, "cert-pin-mismatch", VERIFY, 0, \
    "no key of the chain matches pin_sha256") \
  X(CERT_VERIFY_CALLBACK, "cert-verify-callback", VERIFY, 0, \
    "the verify function rejected the certificate") \
  X(CERT_WEBPKI, "cert-webpki", VERIFY, 0, \
    "the web PKI's rules forbid this chain") \
  X(CERT_UNCLASSIFIED, "cert-unclassified", VERIFY, 0, \
    "OpenSSL rejected the chain for a rarer reason") \
  /* the client's certificate, in the server's words and in the client's */ \
  X(CLIENT_CERT_MISSING, "client-cert-missing", VERIFY, 0, \
    "the server demands a client certificate and none was sent") \
  X(CLIENT_CERT_REJECTED, "client-cert-rejected", TLS, 0, \
    "the server rejected this client's certificate") \
  X(CLIENT_CERT_SELF_SIGNED, "client-cert-self-signed", VERIFY, 0, \
    "the client's certificate signs itself and is not trusted") \
  X(CLIENT_CERT_UNTRUSTED, "client-cert-untrusted", VERIFY, 0, \
    "the client's chain does not lead to a trusted certificate") \
  X(CLIENT_CERT_PARTIAL_CHAIN, "client-cert-partial-chain", VERIFY, 0, \
    "the trusted certificate is not self-signed and partial_chain is off") \
  X(CLIENT_CERT_EXPIRED, "client-cert-expired", VERIFY, 0, \
    "a certificate of the client has expired") \
  X(CLIENT_CERT_NOT_YET_VALID, "client-cert-not-yet-valid", VERIFY, 0, \
    "a certificate of the client is not valid yet") \
  X(CLIENT_CERT_PURPOSE, "client-cert-purpose", VERIFY, 0, \
    "the client's certificate is not meant for client authentication") \
  X(CLIENT_CERT_UNKNOWN_CRITICAL_EXTENSION, \
    "client-cert-unknown-critical-extension", VERIFY, 0, \
    "the client's certificate has a critical extension nobody here knows") \
  X(CLIENT_CERT_INVALID_CA, "client-cert-invalid-ca", VERIFY, 0, \
    "an issuer in the client's chain is not allowed to be a CA") \
  X(CLIENT_CERT_PATH_LENGTH, "client-cert-path-length", VERIFY, 0, \
    "a CA's path length constraint is exceeded") \
  X(CLIENT_CERT_DEPTH, "client-cert-depth", VERIFY, 0, \
    "the client's chain is longer than verify_depth allows") \
  X(CLIENT_CERT_NAME_NOT_PERMITTED, "client-cert-name-not-permitted", \
    VERIFY, 0, "a name is outside the permitted names of its CA") \
  X(CLIENT_CERT_NAME_EXCLUDED, "client-cert-name-excluded", VERIFY, 0, \
    "a name is among the excluded names of its CA") \
  X(CLIENT_CERT_BAD_SIGNATURE, "client-cert-bad-signature", VERIFY, 0, \
    "a certificate of the client has a signature that does not verify") \
  X(CLIENT_CERT_KEY_TOO_WEAK, "client-cert-key-too-weak", VERIFY, 0, \
    "the client's key is too weak for the security level") \
  X(CLIENT_CERT_CA_KEY_TOO_WEAK, "client-cert-ca-key-too-weak", VERIFY, 0, \
    "a CA's key is too weak for the security level") \
  X(CLIENT_CERT_DIGEST_TOO_WEAK, "client-cert-digest-too-weak", VERIFY, 0, \
    "a certificate of the client is signed with too weak a digest") \
  X(CLIENT_CERT_REVOKED, "client-cert-revoked", VERIFY, 0, \
    "a certificate of the client is revoked") \
  X(CLIENT_CRL_MISSING, "client-crl-missing", VERIFY, 0, \
    "no CRL for the issuer of the client's certificate") \
  X(CLIENT_CRL_EXPIRED, "client-crl-expired", VERIFY, 0, \
    "the CRL for the client's certificate has expired") \
  X(CLIENT_CRL_NOT_YET_VALID, "client-crl-not-yet-valid", VERIFY, 0, \
    "the CRL for the client's certificate is not valid yet") \
  X(CLIENT_CRL_BAD_SIGNATURE, "client-crl-bad-signature", VERIFY, 0, \
    "the CRL for the client's certificate has a bad signature") \
  X(CLIENT_CERT_STRICT, "client-cert-strict", VERIFY, 0, \
    "the client's chain breaks a rule that strict checking enforces") \
  X(CLIENT_CERT_HOST_MISMATCH, "client-cert-host-mismatch", VERIFY, 0, \
    "the client's certificate does not cover the name asked of it") \
  X(CLIENT_CERT_IP_MISMATCH, "client-cert-ip-mismatch", VERIFY, 0, \
    "the client's certificate does not cover the address asked of it") \
  X(CLIENT_CERT_PIN_MISMATCH, "client-cert-pin-mismatch", VERIFY, 0, \
    "no key of the client's chain matches pin_sha256") \
  X(CLIENT_CERT_VERIFY_CALLBACK, "client-cert-verify-callback", VERIFY, 0, \
    "the verify function rejected the client's certificate") \
  X(CLIENT_CERT_WEBPKI, "client-cert-webpki", VERIFY, 0, \
    "the web PKI's rules forbid the client's chain") \
  X(CLIENT_CERT_UNCLASSIFIED, "client-cert-unclassified", VERIFY, 0, \
    "OpenSSL rejected the client's chain for a rarer reason") \
  /* HTTP upgrade */ \
  X(UPGRADE_UNAUTHORIZED, "upgrade-unauthorized", UPGRADE, 0, \
    "the server answered 401 Unauthorized") \
  X(UPGRADE_REJECTED, "upgrade-rejected", UPGRADE, 0, \
    "the server answered the upgrade with another status than 101") \
  X(UPGRADE_REDIRECT, "upgrade-redirect", UPGRADE, 0, \
    "the server redirects, and redirects are not followed") \
  X(UPGRADE_REDIRECT_NO_LOCATION, "upgrade-redirect-no-location", UPGRADE, \
    0, "the server redirects without a Location") \
  X(UPGRADE_BAD_ACCEPT, "upgrade-bad-accept", UPGRADE, 0, \
    "Sec-WebSocket-Accept is wrong or missing") \
  X(UPGRADE_BAD_UPGRADE_HEADER, "upgrade-bad-upgrade-header", UPGRADE, 0, \
    "the Upgrade header is wrong or missing") \
  X(UPGRADE_BAD_CONNECTION_HEADER, "upgrade-bad-connection-header", \
    UPGRADE, 0, "the Connection header does not say Upgrade") \
  X(UPGRADE_BAD_SUBPROTOCOL, "upgrade-bad-subprotocol", UPGRADE, 0, \
    "the server chose a subprotocol that was not offered") \
  X(UPGRADE_BAD_EXTENSION, "upgrade-bad-extension", UPGRADE, 0, \
    "the server chose an extension that was not offered") \
  X(UPGRADE_HTTP_VERSION, "upgrade-http-version", UPGRADE, 0, \
    "the HTTP version is not 1.1") \
  X(UPGRADE_NO_RESPONSE, "upgrade-no-response", UPGRADE, 1, \
    "the connection ended before an answer to the upgrade") \
  X(UPGRADE_TRUNCATED, "upgrade-truncated", UPGRADE, 1, \
    "the connection ended inside the answer to the upgrade") \
  X(UPGRADE_CLIENT_VERSION, "upgrade-client-version", UPGRADE, 0, \
    "the client's WebSocket version is not 13") \
  X(UPGRADE_MISSING_KEY, "upgrade-missing-key", UPGRADE, 0, \
    "the client's Sec-WebSocket-Key is wrong or missing") \
  X(UPGRADE_NO_SUBPROTOCOL, "upgrade-no-subprotocol", UPGRADE, 0, \
    "client and server have no subprotocol in common") \
  X(UPGRADE_BAD_METHOD, "upgrade-bad-method", UPGRADE, 0, \
    "the upgrade request is not a GET") \
  X(UPGRADE_BAD_REQUEST, "upgrade-bad-request", UPGRADE, 0, \
    "the request is not a WebSocket upgrade") \
  X(UPGRADE_BAD_RESPONSE, "upgrade-bad-response", UPGRADE, 0, \
    "the answer to the upgrade is not HTTP") \
  X(UPGRADE_REFUSED, "upgrade-refused", UPGRADE, 0, \
    "this server refused the upgrade") \
  X(TIMEOUT_UPGRADE, "timeout-upgrade", UPGRADE, 1, \
    "no answer to the upgrade within the time allowed") \
  /* frames and close */ \
  X(WS_PROTOCOL_ERROR, "ws-protocol-error", OPEN, 0, \
    "a frame breaks the WebSocket protocol") \
  X(WS_INVALID_UTF8, "ws-invalid-utf8", OPEN, 0, \
    "a text message or close reason is not UTF-8") \
  X(WS_MESSAGE_TOO_BIG, "ws-message-too-big", OPEN, 0, \
    "a message is larger than max_message") \
  X(CLOSED_ABNORMALLY, "closed-abnormally", OPEN, 1, \
    "the connection was lost without a close frame") \
  X(TIMEOUT_PING, "timeout-ping", OPEN, 1, \
    "a ping was not answered within ping_timeout") \
  X(TIMEOUT_CLOSE, "timeout-close", CLOSE, 1, \
    "the peer did not answer the close frame in time") \
  X(CLOSED, "closed", CLOSE, 0, "the connection is closed") \
  /* local */ \
  X(TIMEOUT, "timeout", OPEN, 1, "nothing arrived within the time allowed") \
  X(LISTEN_IN_USE, "listen-in-use", CONFIG, 0, \
    "another program listens at that address") \
  X(LISTEN_DENIED, "listen-denied", CONFIG, 0, \
    "the system does not allow listening there") \
  X(LISTEN_FAILED, "listen-failed", CONFIG, 0, "listening failed") \
  X(LIMIT_FILES, "limit-files", TCP, 1, "no file descriptor is left") \
  X(LIMIT_MEMORY, "limit-memory", TCP, 1, "memory is exhausted") \
  X(LIMIT_CONNECTIONS, "limit-connections", TCP, 1, \
    "the server's connection limit is reached") \
  X(CANCELLED, "cancelled", OPEN, 0, "the wait was cancelled") \
  X(UNKNOWN, "unknown", OPEN, 0, "the connection failed for a reason " \
    "nobody recorded; please report this")

typedef enum wsstls_status {
#define WSSTLS_STATUS_ENUM(name, slug, phase, temporary, text) \
  WSSTLS_##name,
  WSSTLS_STATUSES(WSSTLS_STATUS_ENUM)
#undef WSSTLS_STATUS_ENUM
  WSSTLS_STATUS_COUNT
} wsstls_status;

/* Where in the life of a connection something happened. */
#define WSSTLS_PHASES(X) \
  X(NONE, "none") X(CONFIG, "config") X(DNS, "dns") X(TCP, "tcp") \
  X(PROXY, "proxy") X(TLS, "tls") X(VERIFY, "verify") \
  X(UPGRADE, "upgrade") X(OPEN, "open") X(CLOSE, "close")

typedef enum wsstls_phase {
#define WSSTLS_PHASE_ENUM(name, text) WSSTLS_PHASE_##name,
  WSSTLS_PHASES(WSSTLS_PHASE_ENUM)
#undef WSSTLS_PHASE_ENUM
  WSSTLS_PHASE_COUNT
} wsstls_phase;

/* Who is at fault, and who rejected whom. */
#define WSSTLS_PARTIES(X) \
  X(UNKNOWN, "unknown") X(CLIENT, "client") X(SERVER, "server") \
  X(NETWORK, "network") X(PROXY, "proxy")

typedef enum wsstls_party {
#define WSSTLS_PARTY_ENUM(name, text) WSSTLS_PARTY_##name,
  WSSTLS_PARTIES(WSSTLS_PARTY_ENUM)
#undef WSSTLS_PARTY_ENUM
  WSSTLS_PARTY_COUNT
} wsstls_party;

/* What a function that can fail for outside reasons reports: the status and
 * one sentence naming the thing (file, option, name) it is about. */
typedef struct wsstls_error {
  wsstls_status status;
  char message[384];
} wsstls_error;

const char *wsstls_status_slug(wsstls_status status);
const char *wsstls_status_text(wsstls_status status);
wsstls_phase wsstls_status_phase(wsstls_status status);
int wsstls_status_temporary(wsstls_status status);
const char *wsstls_phase_name(wsstls_phase phase);
const char *wsstls_party_name(wsstls_party party);

/* Fills `err` (may be NULL) and returns `status`, so that callers can write
 * `return wsstls_error_set(err, WSSTLS_..., "%s: ...", path);`. */
wsstls_status wsstls_error_set(wsstls_error *err, wsstls_status status,
                               const char *format, ...) WSSTLS_PRINTF(3, 4);

#endif

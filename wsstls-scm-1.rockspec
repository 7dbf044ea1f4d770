rockspec_format = "3.0"
package = "wsstls"
version = "scm-1"
source = {
  url = "git+https://github.com/wsstls/wsstls.git",
}
description = {
  summary = "Secure WebSocket client and server that say why a " ..
    "connection failed",
  detailed = [[
wsstls dials and serves wss://, and turns every failure of certificates, TLS,
the HTTP upgrade or the network into one error that names the cause, shows
the evidence of both sides, and says how to fix it.]],
  license = "MIT",
  labels = { "websocket", "tls", "openssl", "testing" },
}
supported_platforms = { "unix" }
dependencies = {
  "lua >= 5.1, < 5.5",
  -- of the command and of reports only; the module itself needs neither
  "argparse >= 0.7",
  "dkjson >= 2.5",
}
external_dependencies = {
  OPENSSL = { header = "openssl/ssl.h", library = "ssl" },
  LIBWEBSOCKETS = { header = "libwebsockets.h", library = "websockets" },
  ZLIB = { header = "zlib.h", library = "z" },
}
build = {
  type = "builtin",
  -- `make rockspec` writes the two lists below from what is on disk.
  modules = {
    ["wsstls.core"] = {
      defines = { "_GNU_SOURCE" },
      libraries = { "websockets", "ssl", "crypto", "z", "pthread" },
      incdirs = { "$(OPENSSL_INCDIR)", "$(LIBWEBSOCKETS_INCDIR)",
                  "$(ZLIB_INCDIR)" },
      libdirs = { "$(OPENSSL_LIBDIR)", "$(LIBWEBSOCKETS_LIBDIR)",
                  "$(ZLIB_LIBDIR)" },
      sources = {
        "src/bind/lcert.c",
        "src/bind/lcertcache.c",
        "src/bind/lconn.c",
        "src/bind/lconnect.c",
        "src/bind/lcrl.c",
        "src/bind/lfiles.c",
        "src/bind/lhead.c",
        "src/bind/lhttp.c",
        "src/bind/llistener.c",
        "src/bind/lloop.c",
        "src/bind/lmaterial.c",
        "src/bind/lobservation.c",
        "src/bind/lpki.c",
        "src/bind/lpkispec.c",
        "src/bind/lpkitools.c",
        "src/bind/lprogram.c",
        "src/bind/lraw.c",
        "src/bind/lrawlistener.c",
        "src/bind/lrelay.c",
        "src/bind/lrelayrow.c",
        "src/bind/ltlsconf.c",
        "src/bind/ltlsopts.c",
        "src/bind/ltlspolicy.c",
        "src/bind/lutil.c",
        "src/bind/lverdict.c",
        "src/bind/lverify.c",
        "src/bind/module.c",
        "src/core/acceptor.c",
        "src/core/backends.c",
        "src/core/bio.c",
        "src/core/bytes.c",
        "src/core/cert.c",
        "src/core/cert_ext.c",
        "src/core/chunks.c",
        "src/core/classify.c",
        "src/core/classify_tls.c",
        "src/core/conn.c",
        "src/core/conn_answer.c",
        "src/core/conn_client.c",
        "src/core/conn_extension.c",
        "src/core/conn_frames.c",
        "src/core/conn_head.c",
        "src/core/conn_items.c",
        "src/core/conn_lws.c",
        "src/core/conn_receive.c",
        "src/core/conn_request.c",
        "src/core/conn_send.c",
        "src/core/conn_time.c",
        "src/core/conn_turn.c",
        "src/core/deflate.c",
        "src/core/deflate_offer.c",
        "src/core/files.c",
        "src/core/hello.c",
        "src/core/io.c",
        "src/core/linger.c",
        "src/core/listener.c",
        "src/core/logging.c",
        "src/core/loop.c",
        "src/core/material.c",
        "src/core/material_der.c",
        "src/core/material_key.c",
        "src/core/material_pem.c",
        "src/core/observer.c",
        "src/core/orphans.c",
        "src/core/pin.c",
        "src/core/pki_cert.c",
        "src/core/pki_crl.c",
        "src/core/pki_csr.c",
        "src/core/pki_dh.c",
        "src/core/pki_ext.c",
        "src/core/pki_file.c",
        "src/core/pki_key.c",
        "src/core/pki_name.c",
        "src/core/pki_p12.c",
        "src/core/pki_rehash.c",
        "src/core/pki_spki.c",
        "src/core/pki_standin.c",
        "src/core/pki_store.c",
        "src/core/pki_write.c",
        "src/core/poller.c",
        "src/core/program.c",
        "src/core/program_spawn.c",
        "src/core/raw.c",
        "src/core/raw_bytes.c",
        "src/core/raw_listener.c",
        "src/core/raw_tls.c",
        "src/core/record.c",
        "src/core/relay.c",
        "src/core/relay_action.c",
        "src/core/relay_cert.c",
        "src/core/relay_input.c",
        "src/core/relay_log.c",
        "src/core/relay_pair.c",
        "src/core/relay_parse.c",
        "src/core/relay_pump.c",
        "src/core/relay_queue.c",
        "src/core/relay_rule.c",
        "src/core/relay_unit.c",
        "src/core/resolver.c",
        "src/core/signature.c",
        "src/core/socket.c",
        "src/core/status.c",
        "src/core/stream.c",
        "src/core/stream_dial.c",
        "src/core/tempdir.c",
        "src/core/timer.c",
        "src/core/tlsconf.c",
        "src/core/tlsconf_apply.c",
        "src/core/tlsconf_cert.c",
        "src/core/tlsconf_check.c",
        "src/core/tlsconf_keylog.c",
        "src/core/tlsconf_sni.c",
        "src/core/tlsconf_verify.c",
        "src/core/tlsnames.c",
        "src/core/trust.c",
        "src/core/trust_key.c",
        "src/core/verify.c",
        "src/core/verify_compare.c",
        "src/core/verify_pass.c",
        "src/core/verify_policy.c",
        "src/core/webpki.c",
        "src/core/webpki_names.c",
        "src/core/webpki_path.c",
        "src/core/wskey.c",
        "src/core/x509names.c",
      },
    },
    ["wsstls.recipes.client"] = "certs/recipes/client.lua",
    ["wsstls.recipes.control"] = "certs/recipes/control.lua",
    ["wsstls.recipes.crl"] = "certs/recipes/crl.lua",
    ["wsstls.recipes.crypto"] = "certs/recipes/crypto.lua",
    ["wsstls.recipes.dates"] = "certs/recipes/dates.lua",
    ["wsstls.recipes.issuers"] = "certs/recipes/issuers.lua",
    ["wsstls.recipes.keys"] = "certs/recipes/keys.lua",
    ["wsstls.recipes.names"] = "certs/recipes/names.lua",
    ["wsstls.recipes.strict"] = "certs/recipes/strict.lua",
    ["wsstls.recipes.trust"] = "certs/recipes/trust.lua",
    ["wsstls.recipes.usage"] = "certs/recipes/usage.lua",
    ["wsstls.bundle"] = "lua/wsstls/bundle/init.lua",
    ["wsstls.bundle.replay"] = "lua/wsstls/bundle/replay.lua",
    ["wsstls.bundle.script"] = "lua/wsstls/bundle/script.lua",
    ["wsstls.busted"] = "lua/wsstls/busted.lua",
    ["wsstls.catalogue.badssl"] = "lua/wsstls/catalogue/badssl.lua",
    ["wsstls.catalogue.badssl.badssl-10000-sans"] =
      "lua/wsstls/catalogue/badssl/badssl-10000-sans.lua",
    ["wsstls.catalogue.badssl.badssl-cbc"] =
      "lua/wsstls/catalogue/badssl/badssl-cbc.lua",
    ["wsstls.catalogue.badssl.badssl-dh-composite"] =
      "lua/wsstls/catalogue/badssl/badssl-dh-composite.lua",
    ["wsstls.catalogue.badssl.badssl-dh-small-subgroup"] =
      "lua/wsstls/catalogue/badssl/badssl-dh-small-subgroup.lua",
    ["wsstls.catalogue.badssl.badssl-dh480"] =
      "lua/wsstls/catalogue/badssl/badssl-dh480.lua",
    ["wsstls.catalogue.badssl.badssl-dh512"] =
      "lua/wsstls/catalogue/badssl/badssl-dh512.lua",
    ["wsstls.catalogue.badssl.badssl-disorderly-chain"] =
      "lua/wsstls/catalogue/badssl/badssl-disorderly-chain.lua",
    ["wsstls.catalogue.badssl.badssl-ecc384"] =
      "lua/wsstls/catalogue/badssl/badssl-ecc384.lua",
    ["wsstls.catalogue.badssl.badssl-long-name"] =
      "lua/wsstls/catalogue/badssl/badssl-long-name.lua",
    ["wsstls.catalogue.badssl.badssl-md5"] =
      "lua/wsstls/catalogue/badssl/badssl-md5.lua",
    ["wsstls.catalogue.badssl.badssl-mozilla-intermediate"] =
      "lua/wsstls/catalogue/badssl/badssl-mozilla-intermediate.lua",
    ["wsstls.catalogue.badssl.badssl-mozilla-modern"] =
      "lua/wsstls/catalogue/badssl/badssl-mozilla-modern.lua",
    ["wsstls.catalogue.badssl.badssl-mozilla-old"] =
      "lua/wsstls/catalogue/badssl/badssl-mozilla-old.lua",
    ["wsstls.catalogue.badssl.badssl-no-common-name"] =
      "lua/wsstls/catalogue/badssl/badssl-no-common-name.lua",
    ["wsstls.catalogue.badssl.badssl-null"] =
      "lua/wsstls/catalogue/badssl/badssl-null.lua",
    ["wsstls.catalogue.badssl.badssl-rsa4096"] =
      "lua/wsstls/catalogue/badssl/badssl-rsa4096.lua",
    ["wsstls.catalogue.badssl.badssl-rsa512"] =
      "lua/wsstls/catalogue/badssl/badssl-rsa512.lua",
    ["wsstls.catalogue.badssl.badssl-rsa8192"] =
      "lua/wsstls/catalogue/badssl/badssl-rsa8192.lua",
    ["wsstls.catalogue.badssl.badssl-sha384"] =
      "lua/wsstls/catalogue/badssl/badssl-sha384.lua",
    ["wsstls.catalogue.badssl.badssl-sha512"] =
      "lua/wsstls/catalogue/badssl/badssl-sha512.lua",
    ["wsstls.catalogue.badssl.badssl-static-rsa"] =
      "lua/wsstls/catalogue/badssl/badssl-static-rsa.lua",
    ["wsstls.catalogue.badssl.badssl-tls-v1-0"] =
      "lua/wsstls/catalogue/badssl/badssl-tls-v1-0.lua",
    ["wsstls.catalogue.badssl.badssl-tls-v1-1"] =
      "lua/wsstls/catalogue/badssl/badssl-tls-v1-1.lua",
    ["wsstls.catalogue.badssl.badssl-tls-v1-2"] =
      "lua/wsstls/catalogue/badssl/badssl-tls-v1-2.lua",
    ["wsstls.catalogue.certificate.cert-bad-signature"] =
      "lua/wsstls/catalogue/certificate/cert-bad-signature.lua",
    ["wsstls.catalogue.certificate.cert-ca-key-too-weak"] =
      "lua/wsstls/catalogue/certificate/cert-ca-key-too-weak.lua",
    ["wsstls.catalogue.certificate.cert-chain-incomplete"] =
      "lua/wsstls/catalogue/certificate/cert-chain-incomplete.lua",
    ["wsstls.catalogue.certificate.cert-depth-two-intermediates"] =
      "lua/wsstls/catalogue/certificate/cert-depth-two-intermediates.lua",
    ["wsstls.catalogue.certificate.cert-depth"] =
      "lua/wsstls/catalogue/certificate/cert-depth.lua",
    ["wsstls.catalogue.certificate.cert-digest-too-weak-intermediate"] =
      "lua/wsstls/catalogue/certificate/cert-digest-too-weak-intermediate.lua",
    ["wsstls.catalogue.certificate.cert-digest-too-weak"] =
      "lua/wsstls/catalogue/certificate/cert-digest-too-weak.lua",
    ["wsstls.catalogue.certificate.cert-expired-intermediate"] =
      "lua/wsstls/catalogue/certificate/cert-expired-intermediate.lua",
    ["wsstls.catalogue.certificate.cert-expired-root"] =
      "lua/wsstls/catalogue/certificate/cert-expired-root.lua",
    ["wsstls.catalogue.certificate.cert-expired"] =
      "lua/wsstls/catalogue/certificate/cert-expired.lua",
    ["wsstls.catalogue.certificate.cert-host-mismatch"] =
      "lua/wsstls/catalogue/certificate/cert-host-mismatch.lua",
    ["wsstls.catalogue.certificate.cert-host-only-in-cn"] =
      "lua/wsstls/catalogue/certificate/cert-host-only-in-cn.lua",
    ["wsstls.catalogue.certificate.cert-imposter-root"] =
      "lua/wsstls/catalogue/certificate/cert-imposter-root.lua",
    ["wsstls.catalogue.certificate.cert-ip-as-dns"] =
      "lua/wsstls/catalogue/certificate/cert-ip-as-dns.lua",
    ["wsstls.catalogue.certificate.cert-ip-mismatch"] =
      "lua/wsstls/catalogue/certificate/cert-ip-mismatch.lua",
    ["wsstls.catalogue.certificate.cert-ip-only-in-cn"] =
      "lua/wsstls/catalogue/certificate/cert-ip-only-in-cn.lua",
    ["wsstls.catalogue.certificate.cert-issuer-no-basic-constraints"] =
      "lua/wsstls/catalogue/certificate/cert-issuer-no-basic-constraints.lua",
    ["wsstls.catalogue.certificate.cert-issuer-no-key-cert-sign"] =
      "lua/wsstls/catalogue/certificate/cert-issuer-no-key-cert-sign.lua",
    ["wsstls.catalogue.certificate.cert-issuer-not-ca"] =
      "lua/wsstls/catalogue/certificate/cert-issuer-not-ca.lua",
    ["wsstls.catalogue.certificate.cert-key-too-weak"] =
      "lua/wsstls/catalogue/certificate/cert-key-too-weak.lua",
    ["wsstls.catalogue.certificate.cert-many-faults"] =
      "lua/wsstls/catalogue/certificate/cert-many-faults.lua",
    ["wsstls.catalogue.certificate.cert-name-excluded"] =
      "lua/wsstls/catalogue/certificate/cert-name-excluded.lua",
    ["wsstls.catalogue.certificate.cert-name-not-permitted"] =
      "lua/wsstls/catalogue/certificate/cert-name-not-permitted.lua",
    ["wsstls.catalogue.certificate.cert-not-yet-valid"] =
      "lua/wsstls/catalogue/certificate/cert-not-yet-valid.lua",
    ["wsstls.catalogue.certificate.cert-partial-chain"] =
      "lua/wsstls/catalogue/certificate/cert-partial-chain.lua",
    ["wsstls.catalogue.certificate.cert-path-length"] =
      "lua/wsstls/catalogue/certificate/cert-path-length.lua",
    ["wsstls.catalogue.certificate.cert-pin-mismatch"] =
      "lua/wsstls/catalogue/certificate/cert-pin-mismatch.lua",
    ["wsstls.catalogue.certificate.cert-purpose-ca-as-leaf"] =
      "lua/wsstls/catalogue/certificate/cert-purpose-ca-as-leaf.lua",
    ["wsstls.catalogue.certificate.cert-purpose-eku"] =
      "lua/wsstls/catalogue/certificate/cert-purpose-eku.lua",
    ["wsstls.catalogue.certificate.cert-purpose-key-usage"] =
      "lua/wsstls/catalogue/certificate/cert-purpose-key-usage.lua",
    ["wsstls.catalogue.certificate.cert-rejected"] =
      "lua/wsstls/catalogue/certificate/cert-rejected.lua",
    ["wsstls.catalogue.certificate.cert-revoked-intermediate"] =
      "lua/wsstls/catalogue/certificate/cert-revoked-intermediate.lua",
    ["wsstls.catalogue.certificate.cert-revoked"] =
      "lua/wsstls/catalogue/certificate/cert-revoked.lua",
    ["wsstls.catalogue.certificate.cert-self-signed-no-san-trusted"] =
      "lua/wsstls/catalogue/certificate/cert-self-signed-no-san-trusted.lua",
    ["wsstls.catalogue.certificate.cert-self-signed-no-san"] =
      "lua/wsstls/catalogue/certificate/cert-self-signed-no-san.lua",
    ["wsstls.catalogue.certificate.cert-self-signed"] =
      "lua/wsstls/catalogue/certificate/cert-self-signed.lua",
    ["wsstls.catalogue.certificate.cert-strict-empty-subject"] =
      "lua/wsstls/catalogue/certificate/cert-strict-empty-subject.lua",
    ["wsstls.catalogue.certificate.cert-strict-no-aki"] =
      "lua/wsstls/catalogue/certificate/cert-strict-no-aki.lua",
    ["wsstls.catalogue.certificate.cert-strict-no-ski"] =
      "lua/wsstls/catalogue/certificate/cert-strict-no-ski.lua",
    ["wsstls.catalogue.certificate.cert-strict-root-bits"] =
      "lua/wsstls/catalogue/certificate/cert-strict-root-bits.lua",
    ["wsstls.catalogue.certificate.cert-unclassified"] =
      "lua/wsstls/catalogue/certificate/cert-unclassified.lua",
    ["wsstls.catalogue.certificate.cert-unknown-critical-extension"] =
      "lua/wsstls/catalogue/certificate/cert-unknown-critical-extension.lua",
    ["wsstls.catalogue.certificate.cert-untrusted-root-sent"] =
      "lua/wsstls/catalogue/certificate/cert-untrusted-root-sent.lua",
    ["wsstls.catalogue.certificate.cert-untrusted-root"] =
      "lua/wsstls/catalogue/certificate/cert-untrusted-root.lua",
    ["wsstls.catalogue.certificate.cert-verify-callback"] =
      "lua/wsstls/catalogue/certificate/cert-verify-callback.lua",
    ["wsstls.catalogue.certificate.cert-webpki"] =
      "lua/wsstls/catalogue/certificate/cert-webpki.lua",
    ["wsstls.catalogue.certificate.cert-wildcard-apex"] =
      "lua/wsstls/catalogue/certificate/cert-wildcard-apex.lua",
    ["wsstls.catalogue.certificate.cert-wildcard-two-labels"] =
      "lua/wsstls/catalogue/certificate/cert-wildcard-two-labels.lua",
    ["wsstls.catalogue.certificate.control-cn-fallback"] =
      "lua/wsstls/catalogue/certificate/control-cn-fallback.lua",
    ["wsstls.catalogue.certificate.control-empty-subject"] =
      "lua/wsstls/catalogue/certificate/control-empty-subject.lua",
    ["wsstls.catalogue.certificate.control-good"] =
      "lua/wsstls/catalogue/certificate/control-good.lua",
    ["wsstls.catalogue.certificate.control-idn"] =
      "lua/wsstls/catalogue/certificate/control-idn.lua",
    ["wsstls.catalogue.certificate.control-many-sans"] =
      "lua/wsstls/catalogue/certificate/control-many-sans.lua",
    ["wsstls.catalogue.certificate.control-reversed-chain"] =
      "lua/wsstls/catalogue/certificate/control-reversed-chain.lua",
    ["wsstls.catalogue.certificate.control-root-sent"] =
      "lua/wsstls/catalogue/certificate/control-root-sent.lua",
    ["wsstls.catalogue.certificate.crl-bad-signature"] =
      "lua/wsstls/catalogue/certificate/crl-bad-signature.lua",
    ["wsstls.catalogue.certificate.crl-expired"] =
      "lua/wsstls/catalogue/certificate/crl-expired.lua",
    ["wsstls.catalogue.certificate.crl-missing"] =
      "lua/wsstls/catalogue/certificate/crl-missing.lua",
    ["wsstls.catalogue.certificate.crl-not-yet-valid"] =
      "lua/wsstls/catalogue/certificate/crl-not-yet-valid.lua",
    ["wsstls.catalogue.certificate.trust-store-empty"] =
      "lua/wsstls/catalogue/certificate/trust-store-empty.lua",
    ["wsstls.catalogue.client-certificate.client-cert-bad-signature"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-bad-signature.lua",
    ["wsstls.catalogue.client-certificate.client-cert-ca-key-too-weak"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-ca-key-too-weak.lua",
    ["wsstls.catalogue.client-certificate.client-cert-chain-incomplete"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-chain-incomplete.lua",
    ["wsstls.catalogue.client-certificate.client-cert-depth"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-depth.lua",
    ["wsstls.catalogue.client-certificate.client-cert-digest-too-weak"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-digest-too-weak.lua",
    ["wsstls.catalogue.client-certificate.client-cert-expired"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-expired.lua",
    ["wsstls.catalogue.client-certificate.client-cert-foreign"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-foreign.lua",
    ["wsstls.catalogue.client-certificate.client-cert-host-mismatch"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-host-mismatch.lua",
    ["wsstls.catalogue.client-certificate.client-cert-invalid-ca"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-invalid-ca.lua",
    ["wsstls.catalogue.client-certificate.client-cert-ip-mismatch"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-ip-mismatch.lua",
    ["wsstls.catalogue.client-certificate.client-cert-key-too-weak"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-key-too-weak.lua",
    ["wsstls.catalogue.client-certificate.client-cert-missing"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-missing.lua",
    ["wsstls.catalogue.client-certificate.client-cert-name-excluded"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-name-excluded.lua",
    ["wsstls.catalogue.client-certificate.client-cert-name-not-permitted"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-name-not-permitted.lua",
    ["wsstls.catalogue.client-certificate.client-cert-not-yet-valid"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-not-yet-valid.lua",
    ["wsstls.catalogue.client-certificate.client-cert-partial-chain"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-partial-chain.lua",
    ["wsstls.catalogue.client-certificate.client-cert-path-length"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-path-length.lua",
    ["wsstls.catalogue.client-certificate.client-cert-pin-mismatch"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-pin-mismatch.lua",
    ["wsstls.catalogue.client-certificate.client-cert-purpose"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-purpose.lua",
    ["wsstls.catalogue.client-certificate.client-cert-rejected"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-rejected.lua",
    ["wsstls.catalogue.client-certificate.client-cert-revoked"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-revoked.lua",
    ["wsstls.catalogue.client-certificate.client-cert-self-signed"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-self-signed.lua",
    ["wsstls.catalogue.client-certificate.client-cert-strict"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-strict.lua",
    ["wsstls.catalogue.client-certificate.client-cert-unclassified"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-unclassified.lua",
    ["wsstls.catalogue.client-certificate.client-cert-unknown-critical-extension"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-unknown-critical-extension.lua",
    ["wsstls.catalogue.client-certificate.client-cert-untrusted"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-untrusted.lua",
    ["wsstls.catalogue.client-certificate.client-cert-verify-callback"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-verify-callback.lua",
    ["wsstls.catalogue.client-certificate.client-cert-webpki"] =
      "lua/wsstls/catalogue/client-certificate/client-cert-webpki.lua",
    ["wsstls.catalogue.client-certificate.client-crl-bad-signature"] =
      "lua/wsstls/catalogue/client-certificate/client-crl-bad-signature.lua",
    ["wsstls.catalogue.client-certificate.client-crl-expired"] =
      "lua/wsstls/catalogue/client-certificate/client-crl-expired.lua",
    ["wsstls.catalogue.client-certificate.client-crl-missing"] =
      "lua/wsstls/catalogue/client-certificate/client-crl-missing.lua",
    ["wsstls.catalogue.client-certificate.client-crl-not-yet-valid"] =
      "lua/wsstls/catalogue/client-certificate/client-crl-not-yet-valid.lua",
    ["wsstls.catalogue.client-certificate.control-client-cert"] =
      "lua/wsstls/catalogue/client-certificate/control-client-cert.lua",
    ["wsstls.catalogue.close.closed-abnormally-client"] =
      "lua/wsstls/catalogue/close/closed-abnormally-client.lua",
    ["wsstls.catalogue.close.closed-abnormally"] =
      "lua/wsstls/catalogue/close/closed-abnormally.lua",
    ["wsstls.catalogue.close.closed-application"] =
      "lua/wsstls/catalogue/close/closed-application.lua",
    ["wsstls.catalogue.close.closed-going-away"] =
      "lua/wsstls/catalogue/close/closed-going-away.lua",
    ["wsstls.catalogue.close.closed-internal-error"] =
      "lua/wsstls/catalogue/close/closed-internal-error.lua",
    ["wsstls.catalogue.close.closed-policy"] =
      "lua/wsstls/catalogue/close/closed-policy.lua",
    ["wsstls.catalogue.close.closed-tls-failed"] =
      "lua/wsstls/catalogue/close/closed-tls-failed.lua",
    ["wsstls.catalogue.close.timeout-close"] =
      "lua/wsstls/catalogue/close/timeout-close.lua",
    ["wsstls.catalogue.close.timeout-ping"] =
      "lua/wsstls/catalogue/close/timeout-ping.lua",
    ["wsstls.catalogue.close.ws-bad-close-code"] =
      "lua/wsstls/catalogue/close/ws-bad-close-code.lua",
    ["wsstls.catalogue.config.config-ca-empty"] =
      "lua/wsstls/catalogue/config/config-ca-empty.lua",
    ["wsstls.catalogue.config.config-crl-unusable"] =
      "lua/wsstls/catalogue/config/config-crl-unusable.lua",
    ["wsstls.catalogue.config.config-file-empty"] =
      "lua/wsstls/catalogue/config/config-file-empty.lua",
    ["wsstls.catalogue.config.config-file-missing"] =
      "lua/wsstls/catalogue/config/config-file-missing.lua",
    ["wsstls.catalogue.config.config-file-unreadable"] =
      "lua/wsstls/catalogue/config/config-file-unreadable.lua",
    ["wsstls.catalogue.config.config-group-unknown"] =
      "lua/wsstls/catalogue/config/config-group-unknown.lua",
    ["wsstls.catalogue.config.config-key-missing"] =
      "lua/wsstls/catalogue/config/config-key-missing.lua",
    ["wsstls.catalogue.config.config-not-a-certificate"] =
      "lua/wsstls/catalogue/config/config-not-a-certificate.lua",
    ["wsstls.catalogue.config.config-password-missing"] =
      "lua/wsstls/catalogue/config/config-password-missing.lua",
    ["wsstls.catalogue.config.config-password-wrong"] =
      "lua/wsstls/catalogue/config/config-password-wrong.lua",
    ["wsstls.catalogue.config.config-pkcs12-algorithm"] =
      "lua/wsstls/catalogue/config/config-pkcs12-algorithm.lua",
    ["wsstls.catalogue.config.config-sigalg-unknown"] =
      "lua/wsstls/catalogue/config/config-sigalg-unknown.lua",
    ["wsstls.catalogue.config.config-truncated"] =
      "lua/wsstls/catalogue/config/config-truncated.lua",
    ["wsstls.catalogue.config.config-version-range"] =
      "lua/wsstls/catalogue/config/config-version-range.lua",
    ["wsstls.catalogue.config.config-write-failed"] =
      "lua/wsstls/catalogue/config/config-write-failed.lua",
    ["wsstls.catalogue.config.limit-files"] =
      "lua/wsstls/catalogue/config/limit-files.lua",
    ["wsstls.catalogue.config.listen-denied"] =
      "lua/wsstls/catalogue/config/listen-denied.lua",
    ["wsstls.catalogue.config.listen-failed"] =
      "lua/wsstls/catalogue/config/listen-failed.lua",
    ["wsstls.catalogue.config.listen-in-use"] =
      "lua/wsstls/catalogue/config/listen-in-use.lua",
    ["wsstls.catalogue.frames.ws-bad-continuation"] =
      "lua/wsstls/catalogue/frames/ws-bad-continuation.lua",
    ["wsstls.catalogue.frames.ws-bad-deflate"] =
      "lua/wsstls/catalogue/frames/ws-bad-deflate.lua",
    ["wsstls.catalogue.frames.ws-bad-opcode"] =
      "lua/wsstls/catalogue/frames/ws-bad-opcode.lua",
    ["wsstls.catalogue.frames.ws-control-too-long"] =
      "lua/wsstls/catalogue/frames/ws-control-too-long.lua",
    ["wsstls.catalogue.frames.ws-fragmented-control"] =
      "lua/wsstls/catalogue/frames/ws-fragmented-control.lua",
    ["wsstls.catalogue.frames.ws-invalid-utf8"] =
      "lua/wsstls/catalogue/frames/ws-invalid-utf8.lua",
    ["wsstls.catalogue.frames.ws-masked-server-frame"] =
      "lua/wsstls/catalogue/frames/ws-masked-server-frame.lua",
    ["wsstls.catalogue.frames.ws-message-too-big"] =
      "lua/wsstls/catalogue/frames/ws-message-too-big.lua",
    ["wsstls.catalogue.frames.ws-rsv-bits"] =
      "lua/wsstls/catalogue/frames/ws-rsv-bits.lua",
    ["wsstls.catalogue.frames.ws-unmasked-client-frame"] =
      "lua/wsstls/catalogue/frames/ws-unmasked-client-frame.lua",
    ["wsstls.catalogue"] = "lua/wsstls/catalogue/init.lua",
    ["wsstls.catalogue.negotiation.config-cipher-unknown"] =
      "lua/wsstls/catalogue/negotiation/config-cipher-unknown.lua",
    ["wsstls.catalogue.negotiation.config-key-mismatch"] =
      "lua/wsstls/catalogue/negotiation/config-key-mismatch.lua",
    ["wsstls.catalogue.negotiation.config-key-too-weak"] =
      "lua/wsstls/catalogue/negotiation/config-key-too-weak.lua",
    ["wsstls.catalogue.negotiation.tls-cipher-key-type"] =
      "lua/wsstls/catalogue/negotiation/tls-cipher-key-type.lua",
    ["wsstls.catalogue.negotiation.tls-cipher-key-usage"] =
      "lua/wsstls/catalogue/negotiation/tls-cipher-key-usage.lua",
    ["wsstls.catalogue.negotiation.tls-dh-too-small"] =
      "lua/wsstls/catalogue/negotiation/tls-dh-too-small.lua",
    ["wsstls.catalogue.negotiation.tls-no-alpn"] =
      "lua/wsstls/catalogue/negotiation/tls-no-alpn.lua",
    ["wsstls.catalogue.negotiation.tls-no-shared-cipher"] =
      "lua/wsstls/catalogue/negotiation/tls-no-shared-cipher.lua",
    ["wsstls.catalogue.negotiation.tls-no-shared-ciphersuite"] =
      "lua/wsstls/catalogue/negotiation/tls-no-shared-ciphersuite.lua",
    ["wsstls.catalogue.negotiation.tls-no-shared-group"] =
      "lua/wsstls/catalogue/negotiation/tls-no-shared-group.lua",
    ["wsstls.catalogue.negotiation.tls-no-shared-sigalg"] =
      "lua/wsstls/catalogue/negotiation/tls-no-shared-sigalg.lua",
    ["wsstls.catalogue.negotiation.tls-sni-missing"] =
      "lua/wsstls/catalogue/negotiation/tls-sni-missing.lua",
    ["wsstls.catalogue.negotiation.tls-sni-unknown"] =
      "lua/wsstls/catalogue/negotiation/tls-sni-unknown.lua",
    ["wsstls.catalogue.negotiation.tls-version-client-too-new"] =
      "lua/wsstls/catalogue/negotiation/tls-version-client-too-new.lua",
    ["wsstls.catalogue.negotiation.tls-version-mismatch"] =
      "lua/wsstls/catalogue/negotiation/tls-version-mismatch.lua",
    ["wsstls.catalogue.negotiation.tls-version-security-level"] =
      "lua/wsstls/catalogue/negotiation/tls-version-security-level.lua",
    ["wsstls.catalogue.negotiation.tls-wrong-private-key-rsa"] =
      "lua/wsstls/catalogue/negotiation/tls-wrong-private-key-rsa.lua",
    ["wsstls.catalogue.negotiation.tls-wrong-private-key"] =
      "lua/wsstls/catalogue/negotiation/tls-wrong-private-key.lua",
    ["wsstls.catalogue.proxy.control-proxy"] =
      "lua/wsstls/catalogue/proxy/control-proxy.lua",
    ["wsstls.catalogue.proxy.proxy-auth-rejected"] =
      "lua/wsstls/catalogue/proxy/proxy-auth-rejected.lua",
    ["wsstls.catalogue.proxy.proxy-auth-required"] =
      "lua/wsstls/catalogue/proxy/proxy-auth-required.lua",
    ["wsstls.catalogue.proxy.proxy-bad-gateway"] =
      "lua/wsstls/catalogue/proxy/proxy-bad-gateway.lua",
    ["wsstls.catalogue.proxy.proxy-bad-response"] =
      "lua/wsstls/catalogue/proxy/proxy-bad-response.lua",
    ["wsstls.catalogue.proxy.proxy-closed"] =
      "lua/wsstls/catalogue/proxy/proxy-closed.lua",
    ["wsstls.catalogue.proxy.proxy-failed"] =
      "lua/wsstls/catalogue/proxy/proxy-failed.lua",
    ["wsstls.catalogue.proxy.proxy-forbidden"] =
      "lua/wsstls/catalogue/proxy/proxy-forbidden.lua",
    ["wsstls.catalogue.proxy.proxy-refused"] =
      "lua/wsstls/catalogue/proxy/proxy-refused.lua",
    ["wsstls.catalogue.proxy.proxy-tls-intercepted"] =
      "lua/wsstls/catalogue/proxy/proxy-tls-intercepted.lua",
    ["wsstls.catalogue.proxy.timeout-proxy"] =
      "lua/wsstls/catalogue/proxy/timeout-proxy.lua",
    ["wsstls.catalogue.seeds.seed-bad-record-mac"] =
      "lua/wsstls/catalogue/seeds/seed-bad-record-mac.lua",
    ["wsstls.catalogue.seeds.seed-js-client"] =
      "lua/wsstls/catalogue/seeds/seed-js-client.lua",
    ["wsstls.catalogue.seeds.seed-lws-test-server-debian"] =
      "lua/wsstls/catalogue/seeds/seed-lws-test-server-debian.lua",
    ["wsstls.catalogue.seeds.seed-lws-test-server-reload"] =
      "lua/wsstls/catalogue/seeds/seed-lws-test-server-reload.lua",
    ["wsstls.catalogue.seeds.seed-lws-test-server-trusted"] =
      "lua/wsstls/catalogue/seeds/seed-lws-test-server-trusted.lua",
    ["wsstls.catalogue.seeds.seed-lws-test-server"] =
      "lua/wsstls/catalogue/seeds/seed-lws-test-server.lua",
    ["wsstls.catalogue.seeds.seed-openssl-s-client"] =
      "lua/wsstls/catalogue/seeds/seed-openssl-s-client.lua",
    ["wsstls.catalogue.seeds.seed-openssl-s-server"] =
      "lua/wsstls/catalogue/seeds/seed-openssl-s-server.lua",
    ["wsstls.catalogue.seeds.seed-pfx-mtls"] =
      "lua/wsstls/catalogue/seeds/seed-pfx-mtls.lua",
    ["wsstls.catalogue.seeds.seed-pfx-password"] =
      "lua/wsstls/catalogue/seeds/seed-pfx-password.lua",
    ["wsstls.catalogue.seeds.seed-python-browser"] =
      "lua/wsstls/catalogue/seeds/seed-python-browser.lua",
    ["wsstls.catalogue.seeds.seed-python-js"] =
      "lua/wsstls/catalogue/seeds/seed-python-js.lua",
    ["wsstls.catalogue.seeds.seed-python-server"] =
      "lua/wsstls/catalogue/seeds/seed-python-server.lua",
    ["wsstls.catalogue.seeds.seed-websocketpp-client"] =
      "lua/wsstls/catalogue/seeds/seed-websocketpp-client.lua",
    ["wsstls.catalogue.seeds.seed-websocketpp-server"] =
      "lua/wsstls/catalogue/seeds/seed-websocketpp-server.lua",
    ["wsstls.catalogue.seeds.seed-websocketpp-service"] =
      "lua/wsstls/catalogue/seeds/seed-websocketpp-service.lua",
    ["wsstls.catalogue.seeds.seed-websocketpp-ws"] =
      "lua/wsstls/catalogue/seeds/seed-websocketpp-ws.lua",
    ["wsstls.catalogue.unstaged"] = "lua/wsstls/catalogue/unstaged.lua",
    ["wsstls.catalogue.upgrade.limit-connections"] =
      "lua/wsstls/catalogue/upgrade/limit-connections.lua",
    ["wsstls.catalogue.upgrade.timeout-upgrade-silent-client"] =
      "lua/wsstls/catalogue/upgrade/timeout-upgrade-silent-client.lua",
    ["wsstls.catalogue.upgrade.timeout-upgrade"] =
      "lua/wsstls/catalogue/upgrade/timeout-upgrade.lua",
    ["wsstls.catalogue.upgrade.upgrade-alpn-h2"] =
      "lua/wsstls/catalogue/upgrade/upgrade-alpn-h2.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-accept"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-accept.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-connection-header"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-connection-header.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-extension"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-extension.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-gateway"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-gateway.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-method"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-method.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-request"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-request.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-response"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-response.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-subprotocol"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-subprotocol.lua",
    ["wsstls.catalogue.upgrade.upgrade-bad-upgrade-header"] =
      "lua/wsstls/catalogue/upgrade/upgrade-bad-upgrade-header.lua",
    ["wsstls.catalogue.upgrade.upgrade-client-http-version"] =
      "lua/wsstls/catalogue/upgrade/upgrade-client-http-version.lua",
    ["wsstls.catalogue.upgrade.upgrade-client-version"] =
      "lua/wsstls/catalogue/upgrade/upgrade-client-version.lua",
    ["wsstls.catalogue.upgrade.upgrade-forbidden"] =
      "lua/wsstls/catalogue/upgrade/upgrade-forbidden.lua",
    ["wsstls.catalogue.upgrade.upgrade-http-version"] =
      "lua/wsstls/catalogue/upgrade/upgrade-http-version.lua",
    ["wsstls.catalogue.upgrade.upgrade-missing-key"] =
      "lua/wsstls/catalogue/upgrade/upgrade-missing-key.lua",
    ["wsstls.catalogue.upgrade.upgrade-no-accept"] =
      "lua/wsstls/catalogue/upgrade/upgrade-no-accept.lua",
    ["wsstls.catalogue.upgrade.upgrade-no-response"] =
      "lua/wsstls/catalogue/upgrade/upgrade-no-response.lua",
    ["wsstls.catalogue.upgrade.upgrade-no-subprotocol"] =
      "lua/wsstls/catalogue/upgrade/upgrade-no-subprotocol.lua",
    ["wsstls.catalogue.upgrade.upgrade-no-upgrade-header"] =
      "lua/wsstls/catalogue/upgrade/upgrade-no-upgrade-header.lua",
    ["wsstls.catalogue.upgrade.upgrade-not-found"] =
      "lua/wsstls/catalogue/upgrade/upgrade-not-found.lua",
    ["wsstls.catalogue.upgrade.upgrade-not-websocket"] =
      "lua/wsstls/catalogue/upgrade/upgrade-not-websocket.lua",
    ["wsstls.catalogue.upgrade.upgrade-redirect-login"] =
      "lua/wsstls/catalogue/upgrade/upgrade-redirect-login.lua",
    ["wsstls.catalogue.upgrade.upgrade-redirect-no-location"] =
      "lua/wsstls/catalogue/upgrade/upgrade-redirect-no-location.lua",
    ["wsstls.catalogue.upgrade.upgrade-redirect-see-other"] =
      "lua/wsstls/catalogue/upgrade/upgrade-redirect-see-other.lua",
    ["wsstls.catalogue.upgrade.upgrade-redirect-slash"] =
      "lua/wsstls/catalogue/upgrade/upgrade-redirect-slash.lua",
    ["wsstls.catalogue.upgrade.upgrade-redirect-temporary"] =
      "lua/wsstls/catalogue/upgrade/upgrade-redirect-temporary.lua",
    ["wsstls.catalogue.upgrade.upgrade-redirect"] =
      "lua/wsstls/catalogue/upgrade/upgrade-redirect.lua",
    ["wsstls.catalogue.upgrade.upgrade-rejected"] =
      "lua/wsstls/catalogue/upgrade/upgrade-rejected.lua",
    ["wsstls.catalogue.upgrade.upgrade-truncated"] =
      "lua/wsstls/catalogue/upgrade/upgrade-truncated.lua",
    ["wsstls.catalogue.upgrade.upgrade-unauthorized"] =
      "lua/wsstls/catalogue/upgrade/upgrade-unauthorized.lua",
    ["wsstls.catalogue.upgrade.upgrade-unavailable"] =
      "lua/wsstls/catalogue/upgrade/upgrade-unavailable.lua",
    ["wsstls.catalogue.upgrade.upgrade-version"] =
      "lua/wsstls/catalogue/upgrade/upgrade-version.lua",
    ["wsstls.catalogue.wire.control-slow-link"] =
      "lua/wsstls/catalogue/wire/control-slow-link.lua",
    ["wsstls.catalogue.wire.dns-not-found"] =
      "lua/wsstls/catalogue/wire/dns-not-found.lua",
    ["wsstls.catalogue.wire.tcp-failed"] =
      "lua/wsstls/catalogue/wire/tcp-failed.lua",
    ["wsstls.catalogue.wire.tcp-refused"] =
      "lua/wsstls/catalogue/wire/tcp-refused.lua",
    ["wsstls.catalogue.wire.tcp-reset-upgrade"] =
      "lua/wsstls/catalogue/wire/tcp-reset-upgrade.lua",
    ["wsstls.catalogue.wire.tcp-reset"] =
      "lua/wsstls/catalogue/wire/tcp-reset.lua",
    ["wsstls.catalogue.wire.tcp-unreachable"] =
      "lua/wsstls/catalogue/wire/tcp-unreachable.lua",
    ["wsstls.catalogue.wire.timeout-connect"] =
      "lua/wsstls/catalogue/wire/timeout-connect.lua",
    ["wsstls.catalogue.wire.timeout-tls-silent-client"] =
      "lua/wsstls/catalogue/wire/timeout-tls-silent-client.lua",
    ["wsstls.catalogue.wire.timeout-tls"] =
      "lua/wsstls/catalogue/wire/timeout-tls.lua",
    ["wsstls.catalogue.wire.tls-alert"] =
      "lua/wsstls/catalogue/wire/tls-alert.lua",
    ["wsstls.catalogue.wire.tls-bad-record-mac-client"] =
      "lua/wsstls/catalogue/wire/tls-bad-record-mac-client.lua",
    ["wsstls.catalogue.wire.tls-bad-record-mac"] =
      "lua/wsstls/catalogue/wire/tls-bad-record-mac.lua",
    ["wsstls.catalogue.wire.tls-damaged-certificate"] =
      "lua/wsstls/catalogue/wire/tls-damaged-certificate.lua",
    ["wsstls.catalogue.wire.tls-damaged-client-hello"] =
      "lua/wsstls/catalogue/wire/tls-damaged-client-hello.lua",
    ["wsstls.catalogue.wire.tls-damaged-key-exchange"] =
      "lua/wsstls/catalogue/wire/tls-damaged-key-exchange.lua",
    ["wsstls.catalogue.wire.tls-dropped-record"] =
      "lua/wsstls/catalogue/wire/tls-dropped-record.lua",
    ["wsstls.catalogue.wire.tls-duplicated-record"] =
      "lua/wsstls/catalogue/wire/tls-duplicated-record.lua",
    ["wsstls.catalogue.wire.tls-eof"] = "lua/wsstls/catalogue/wire/tls-eof.lua",
    ["wsstls.catalogue.wire.tls-handshake-failure"] =
      "lua/wsstls/catalogue/wire/tls-handshake-failure.lua",
    ["wsstls.catalogue.wire.tls-injected-record"] =
      "lua/wsstls/catalogue/wire/tls-injected-record.lua",
    ["wsstls.catalogue.wire.tls-not-tls-ssh"] =
      "lua/wsstls/catalogue/wire/tls-not-tls-ssh.lua",
    ["wsstls.catalogue.wire.tls-not-tls"] =
      "lua/wsstls/catalogue/wire/tls-not-tls.lua",
    ["wsstls.catalogue.wire.tls-plain-client"] =
      "lua/wsstls/catalogue/wire/tls-plain-client.lua",
    ["wsstls.catalogue.wire.tls-replaced-certificate-trusted"] =
      "lua/wsstls/catalogue/wire/tls-replaced-certificate-trusted.lua",
    ["wsstls.catalogue.wire.tls-replaced-certificate"] =
      "lua/wsstls/catalogue/wire/tls-replaced-certificate.lua",
    ["wsstls.catalogue.wire.tls-replayed-record"] =
      "lua/wsstls/catalogue/wire/tls-replayed-record.lua",
    ["wsstls.check"] = "lua/wsstls/check.lua",
    ["wsstls.cli.check"] = "lua/wsstls/cli/check.lua",
    ["wsstls.cli.connection"] = "lua/wsstls/cli/connection.lua",
    ["wsstls.cli.explain"] = "lua/wsstls/cli/explain.lua",
    ["wsstls.cli"] = "lua/wsstls/cli/init.lua",
    ["wsstls.cli.pki"] = "lua/wsstls/cli/pki.lua",
    ["wsstls.cli.pki_make"] = "lua/wsstls/cli/pki_make.lua",
    ["wsstls.cli.pki_p12"] = "lua/wsstls/cli/pki_p12.lua",
    ["wsstls.cli.pki_show"] = "lua/wsstls/cli/pki_show.lua",
    ["wsstls.cli.pki_tools"] = "lua/wsstls/cli/pki_tools.lua",
    ["wsstls.cli.relay"] = "lua/wsstls/cli/relay.lua",
    ["wsstls.cli.run"] = "lua/wsstls/cli/run.lua",
    ["wsstls.cli.terminal"] = "lua/wsstls/cli/terminal.lua",
    ["wsstls.cli.test"] = "lua/wsstls/cli/test.lua",
    ["wsstls.cli.verify"] = "lua/wsstls/cli/verify.lua",
    ["wsstls.cli.zoo"] = "lua/wsstls/cli/zoo.lua",
    ["wsstls.codes"] = "lua/wsstls/codes.lua",
    ["wsstls.conn"] = "lua/wsstls/conn.lua",
    ["wsstls.conn_events"] = "lua/wsstls/conn_events.lua",
    ["wsstls.connect"] = "lua/wsstls/connect.lua",
    ["wsstls.connect_proxy"] = "lua/wsstls/connect_proxy.lua",
    ["wsstls.diagnosis.cert"] = "lua/wsstls/diagnosis/cert.lua",
    ["wsstls.diagnosis.client_cert"] = "lua/wsstls/diagnosis/client_cert.lua",
    ["wsstls.diagnosis.commands"] = "lua/wsstls/diagnosis/commands.lua",
    ["wsstls.diagnosis.config"] = "lua/wsstls/diagnosis/config.lua",
    ["wsstls.diagnosis.crl"] = "lua/wsstls/diagnosis/crl.lua",
    ["wsstls.diagnosis.evidence"] = "lua/wsstls/diagnosis/evidence.lua",
    ["wsstls.diagnosis.exchange"] = "lua/wsstls/diagnosis/exchange.lua",
    ["wsstls.diagnosis.facts"] = "lua/wsstls/diagnosis/facts.lua",
    ["wsstls.diagnosis.frames"] = "lua/wsstls/diagnosis/frames.lua",
    ["wsstls.diagnosis.general"] = "lua/wsstls/diagnosis/general.lua",
    ["wsstls.diagnosis.infer"] = "lua/wsstls/diagnosis/infer.lua",
    ["wsstls.diagnosis"] = "lua/wsstls/diagnosis/init.lua",
    ["wsstls.diagnosis.names"] = "lua/wsstls/diagnosis/names.lua",
    ["wsstls.diagnosis.network"] = "lua/wsstls/diagnosis/network.lua",
    ["wsstls.diagnosis.proxy"] = "lua/wsstls/diagnosis/proxy.lua",
    ["wsstls.diagnosis.tls"] = "lua/wsstls/diagnosis/tls.lua",
    ["wsstls.diagnosis.trust"] = "lua/wsstls/diagnosis/trust.lua",
    ["wsstls.diagnosis.upgrade"] = "lua/wsstls/diagnosis/upgrade.lua",
    ["wsstls.diagnosis.usage"] = "lua/wsstls/diagnosis/usage.lua",
    ["wsstls.diagnosis.vars"] = "lua/wsstls/diagnosis/vars.lua",
    ["wsstls.diagnosis.vars_certs"] = "lua/wsstls/diagnosis/vars_certs.lua",
    ["wsstls.diagnosis.waits"] = "lua/wsstls/diagnosis/waits.lua",
    ["wsstls.diagnosis.wire"] = "lua/wsstls/diagnosis/wire.lua",
    ["wsstls.diagnosis.words"] = "lua/wsstls/diagnosis/words.lua",
    ["wsstls.errors"] = "lua/wsstls/errors.lua",
    ["wsstls.explain.clients"] = "lua/wsstls/explain/clients.lua",
    ["wsstls.explain"] = "lua/wsstls/explain/init.lua",
    ["wsstls.explain.pasted"] = "lua/wsstls/explain/pasted.lua",
    ["wsstls.frame"] = "lua/wsstls/frame.lua",
    ["wsstls.http"] = "lua/wsstls/http.lua",
    wsstls = "lua/wsstls/init.lua",
    ["wsstls.json"] = "lua/wsstls/json.lua",
    ["wsstls.log"] = "lua/wsstls/log.lua",
    ["wsstls.loop"] = "lua/wsstls/loop.lua",
    ["wsstls.loops.copas"] = "lua/wsstls/loops/copas.lua",
    ["wsstls.loops.cqueues"] = "lua/wsstls/loops/cqueues.lua",
    ["wsstls.loops.luv"] = "lua/wsstls/loops/luv.lua",
    ["wsstls.names"] = "lua/wsstls/names.lua",
    ["wsstls.names.x509"] = "lua/wsstls/names/x509.lua",
    ["wsstls.nearest"] = "lua/wsstls/nearest.lua",
    ["wsstls.observation"] = "lua/wsstls/observation.lua",
    ["wsstls.options"] = "lua/wsstls/options.lua",
    ["wsstls.options_allow"] = "lua/wsstls/options_allow.lua",
    ["wsstls.options_relay"] = "lua/wsstls/options_relay.lua",
    ["wsstls.options_specs"] = "lua/wsstls/options_specs.lua",
    ["wsstls.options_types"] = "lua/wsstls/options_types.lua",
    ["wsstls.pki.check"] = "lua/wsstls/pki/check.lua",
    ["wsstls.pki.dates"] = "lua/wsstls/pki/dates.lua",
    ["wsstls.pki.idn"] = "lua/wsstls/pki/idn.lua",
    ["wsstls.pki"] = "lua/wsstls/pki/init.lua",
    ["wsstls.pki.keys"] = "lua/wsstls/pki/keys.lua",
    ["wsstls.pki.names"] = "lua/wsstls/pki/names.lua",
    ["wsstls.pki.object"] = "lua/wsstls/pki/object.lua",
    ["wsstls.pki.spec"] = "lua/wsstls/pki/spec.lua",
    ["wsstls.pki.stand_in"] = "lua/wsstls/pki/stand_in.lua",
    ["wsstls.pki.warnings"] = "lua/wsstls/pki/warnings.lua",
    ["wsstls.program"] = "lua/wsstls/program.lua",
    ["wsstls.program_files"] = "lua/wsstls/program_files.lua",
    ["wsstls.proxy"] = "lua/wsstls/proxy.lua",
    ["wsstls.proxy_intercept"] = "lua/wsstls/proxy_intercept.lua",
    ["wsstls.raw"] = "lua/wsstls/raw.lua",
    ["wsstls.raw_peer"] = "lua/wsstls/raw_peer.lua",
    ["wsstls.raw_splice"] = "lua/wsstls/raw_splice.lua",
    ["wsstls.raw_upgrade"] = "lua/wsstls/raw_upgrade.lua",
    ["wsstls.recipes"] = "lua/wsstls/recipes.lua",
    ["wsstls.relay"] = "lua/wsstls/relay.lua",
    ["wsstls.report.bundles"] = "lua/wsstls/report/bundles.lua",
    ["wsstls.report.html.chain"] = "lua/wsstls/report/html/chain.lua",
    ["wsstls.report.html.diagram"] = "lua/wsstls/report/html/diagram.lua",
    ["wsstls.report.html.expected"] = "lua/wsstls/report/html/expected.lua",
    ["wsstls.report.html.fields"] = "lua/wsstls/report/html/fields.lua",
    ["wsstls.report.html"] = "lua/wsstls/report/html/init.lua",
    ["wsstls.report.html.item"] = "lua/wsstls/report/html/item.lua",
    ["wsstls.report.html.page"] = "lua/wsstls/report/html/page.lua",
    ["wsstls.report.html.style"] = "lua/wsstls/report/html/style.lua",
    ["wsstls.report.html.tampering"] = "lua/wsstls/report/html/tampering.lua",
    ["wsstls.report.html.timeline"] = "lua/wsstls/report/html/timeline.lua",
    ["wsstls.report.jsonlines"] = "lua/wsstls/report/jsonlines.lua",
    ["wsstls.report.junit"] = "lua/wsstls/report/junit.lua",
    ["wsstls.report.plain"] = "lua/wsstls/report/plain.lua",
    ["wsstls.report.result"] = "lua/wsstls/report/result.lua",
    ["wsstls.report.stream"] = "lua/wsstls/report/stream.lua",
    ["wsstls.report.tap"] = "lua/wsstls/report/tap.lua",
    ["wsstls.report.text"] = "lua/wsstls/report/text.lua",
    ["wsstls.report.xml"] = "lua/wsstls/report/xml.lua",
    ["wsstls.runner.busted_output"] = "lua/wsstls/runner/busted_output.lua",
    ["wsstls.runner.child"] = "lua/wsstls/runner/child.lua",
    ["wsstls.runner.command"] = "lua/wsstls/runner/command.lua",
    ["wsstls.runner.discover"] = "lua/wsstls/runner/discover.lua",
    ["wsstls.runner.inside"] = "lua/wsstls/runner/inside.lua",
    ["wsstls.runner.orphans"] = "lua/wsstls/runner/orphans.lua",
    ["wsstls.runner.outside"] = "lua/wsstls/runner/outside.lua",
    ["wsstls.runner.reports"] = "lua/wsstls/runner/reports.lua",
    ["wsstls.runner.schedule"] = "lua/wsstls/runner/schedule.lua",
    ["wsstls.runner.selection"] = "lua/wsstls/runner/selection.lua",
    ["wsstls.runner.watch"] = "lua/wsstls/runner/watch.lua",
    ["wsstls.scenario.attempt"] = "lua/wsstls/scenario/attempt.lua",
    ["wsstls.scenario.catalogue"] = "lua/wsstls/scenario/catalogue.lua",
    ["wsstls.scenario.clients"] = "lua/wsstls/scenario/clients.lua",
    ["wsstls.scenario.definition"] = "lua/wsstls/scenario/definition.lua",
    ["wsstls.scenario.expectation"] = "lua/wsstls/scenario/expectation.lua",
    ["wsstls.scenario.foreign"] = "lua/wsstls/scenario/foreign.lua",
    ["wsstls.scenario"] = "lua/wsstls/scenario/init.lua",
    ["wsstls.scenario.matrix"] = "lua/wsstls/scenario/matrix.lua",
    ["wsstls.scenario.run"] = "lua/wsstls/scenario/run.lua",
    ["wsstls.scenario.servers"] = "lua/wsstls/scenario/servers.lua",
    ["wsstls.scenario.sides"] = "lua/wsstls/scenario/sides.lua",
    ["wsstls.scenario.spec"] = "lua/wsstls/scenario/spec.lua",
    ["wsstls.scenario.story"] = "lua/wsstls/scenario/story.lua",
    ["wsstls.scenario.watchdog"] = "lua/wsstls/scenario/watchdog.lua",
    ["wsstls.server"] = "lua/wsstls/server.lua",
    ["wsstls.server_upgrade"] = "lua/wsstls/server_upgrade.lua",
    ["wsstls.start"] = "lua/wsstls/start.lua",
    ["wsstls.task"] = "lua/wsstls/task.lua",
    ["wsstls.timers"] = "lua/wsstls/timers.lua",
    ["wsstls.tls_side"] = "lua/wsstls/tls_side.lua",
    ["wsstls.upgrade"] = "lua/wsstls/upgrade.lua",
    ["wsstls.url"] = "lua/wsstls/url.lua",
    ["wsstls.vectors"] = "lua/wsstls/vectors.lua",
    ["wsstls.waiting"] = "lua/wsstls/waiting.lua",
    ["wsstls.workers"] = "lua/wsstls/workers.lua",
    ["wsstls.zoo.clients"] = "lua/wsstls/zoo/clients.lua",
    ["wsstls.zoo"] = "lua/wsstls/zoo/init.lua",
    ["wsstls.zoo.pages"] = "lua/wsstls/zoo/pages.lua",
    ["wsstls.zoo.run"] = "lua/wsstls/zoo/run.lua",
    ["wsstls.zoo.serve"] = "lua/wsstls/zoo/serve.lua",
    ["wsstls.zoo.table"] = "lua/wsstls/zoo/table.lua",
  },
  install = {
    bin = { wsstls = "lua/bin/wsstls.lua" },
  },
}

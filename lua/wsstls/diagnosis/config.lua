--- Diagnosis of what never reached the network: files, keys, passwords,
-- lists of algorithms, listening.
-- @module wsstls.diagnosis.config
local OPENSSL = "OpenSSL "

return function(add)
  add { slug = "config-file-missing", part = "configuration",
    what = "A file named in the options does not exist.",
    why = "the path is looked up from the working directory of the program, "
      .. "not from the script's folder",
    fix = "check the spelling, or give an absolute path; certificates can "
      .. "also be given as PEM text or as a pki object",
    source = "open(2): ENOENT" }
  add { slug = "config-file-unreadable", part = "configuration",
    what = "A file named in the options exists but cannot be read.",
    why = "the user who runs this program lacks the permission, or the path "
      .. "is a directory where a file is wanted",
    fix = "give the user read permission (a private key: owner only, mode "
      .. "0600), or name the file; a folder of CAs goes into ca_path",
    source = "open(2): EACCES, EISDIR" }
  add { slug = "config-file-empty", part = "configuration",
    what = "A file named in the options has no content.",
    why = "whatever should have written it failed, or was interrupted",
    fix = "make the file again and look at the errors of the program that "
      .. "writes it",
    source = "wsstls: options" }
  add { slug = "config-not-a-certificate", part = "configuration",
    what = "A file or byte string holds something else than the option "
      .. "wants: a key instead of a certificate, a request (CSR) instead of "
      .. "a certificate, HTML, or noise.",
    why = "an option takes one kind of object; PEM says in its BEGIN line "
      .. "what it is, DER and PKCS#12 start with the byte 0x30",
    fix = "see what the file is with {show}, and give it "
      .. "to the option for that kind (cert, key, ca_file, crl_file, pkcs12)",
    source = "RFC 7468; RFC 5280 4.1; RFC 7292" }
  add { slug = "config-truncated", part = "configuration",
    what = "The data begins well and ends too early.",
    why = "the file was cut: an interrupted copy, a missing END line, or a "
      .. "download that stopped",
    fix = "copy or make the file again and compare its size with the source",
    source = "RFC 7468 2; X.690 8.1.3" }
  add { slug = "config-key-missing", part = "configuration",
    what = "A certificate was given without the private key that belongs to "
      .. "it.",
    why = "a side that presents a certificate must sign with its key; the "
      .. "key was not in the certificate's file either",
    fix = "give `key`, or a PEM file or PKCS#12 that holds both",
    source = OPENSSL .. "SSL_CTX_use_PrivateKey(3)" }
  add { slug = "config-key-mismatch", part = "configuration",
    what = "The private key is not the one of the certificate.",
    why = "the public key in the certificate and the one of the key file "
      .. "differ: often the certificate was renewed with a new key, and one "
      .. "of the two files is the old one",
    fix = "take the pair that was made together; {same_key}",
    source = OPENSSL .. "SSL_CTX_check_private_key(3), 05800074 key values "
      .. "mismatch" }
  add { slug = "config-key-too-weak", part = "configuration",
    what = "This side's own certificate is refused when it is loaded: its "
      .. "key or its signature is below the security level.",
    why = "OpenSSL's security level 2 wants at least 112 bits: RSA 2048, EC "
      .. "224, and no SHA-1 signatures; level 1 wants 80 bits",
    fix = "a certificate with a modern key (EC P-256): {make}; for "
      .. "reproducing an old setup only, set security_level = 0",
    source = OPENSSL .. "SSL_CTX_set_security_level(3), 0A00018F ee key too "
      .. "small" }
  add { slug = "config-password-missing", part = "configuration",
    what = "The key or PKCS#12 file is encrypted and no password was given.",
    why = "the file can only be opened with its password; none is ever asked "
      .. "for on the terminal",
    fix = "give key_password (PEM keys) or pkcs12_password (PKCS#12)",
    source = OPENSSL .. "pem_password_cb(3); RFC 7292" }
  add { slug = "config-password-wrong", part = "configuration",
    what = "The password does not open the key or the PKCS#12 file.",
    why = "its integrity check failed with the password given; a file that "
      .. "was damaged looks the same",
    fix = "check key_password or pkcs12_password; try the file with "
      .. "`openssl pkcs12 -in FILE -noout` or `openssl pkey -in FILE -noout`",
    source = OPENSSL .. "PKCS12_verify_mac(3), 11800071 mac verify failure" }
  add { slug = "config-pkcs12-algorithm", part = "configuration",
    what = "The PKCS#12 file is encrypted with an algorithm that this OpenSSL "
      .. "does not provide.",
    why = "OpenSSL 3 keeps RC2-40 and other old algorithms in its legacy "
      .. "provider, which is not loaded; Windows and old tools still write "
      .. "them",
    fix = "write the file again with modern algorithms: `openssl pkcs12 "
      .. "-legacy -in OLD -nodes -out FILE.pem`, then {p12}",
    source = OPENSSL .. "OSSL_PROVIDER-legacy(7); RFC 7292 appendix C" }
  add { slug = "config-ca-empty", part = "configuration",
    what = "The CA file or folder holds no certificate.",
    why = "with a `ca*` option only what it names is trusted, so an empty "
      .. "source would trust nobody; in a folder only files named by subject "
      .. "hash (1a2b3c4d.0) count",
    fix = "name the right file, or run {rehash} on the folder",
    source = OPENSSL .. "openssl-rehash(1), SSL_CTX_load_verify_locations(3)"
  }
  add { slug = "config-crl-unusable", part = "configuration",
    what = "The revocation list cannot be used.",
    why = "the file holds no CRL, or one that cannot be decoded",
    fix = "give a CRL in PEM or DER (`openssl crl -in FILE -noout -text` "
      .. "shows one)",
    source = "RFC 5280 5" }
  add { slug = "config-cipher-unknown", part = "configuration",
    what = "No cipher of the list exists in this OpenSSL.",
    why = "the names are OpenSSL's (ECDHE-RSA-AES128-GCM-SHA256 in `ciphers` "
      .. "for TLS 1.2, TLS_AES_128_GCM_SHA256 in `ciphersuites` for 1.3); "
      .. "this build may also leave old ones out",
    fix = "see `openssl ciphers -v ALL` for what this build has, and whether "
      .. "the name stands in the right one of the two options",
    source = OPENSSL .. "openssl-ciphers(1), 0A0000B9 no cipher match" }
  add { slug = "config-group-unknown", part = "configuration",
    what = "A key exchange group of the list does not exist in this OpenSSL.",
    why = "names are OpenSSL's: X25519, P-256 (prime256v1), P-384, X448, "
      .. "ffdhe2048; not every build has every group",
    fix = "correct the name in `groups`",
    source = OPENSSL .. "SSL_CTX_set1_groups_list(3)" }
  add { slug = "config-sigalg-unknown", part = "configuration",
    what = "A signature algorithm of the list does not exist in this OpenSSL.",
    why = "names are KEY+DIGEST as RSA+SHA256, or RFC 8446's as "
      .. "rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256, ed25519",
    fix = "correct the name in `sigalgs`",
    source = OPENSSL .. "SSL_CTX_set1_sigalgs_list(3)" }
  add { slug = "config-version-range", part = "configuration",
    what = "No TLS version is left to speak.",
    why = "min_version is above max_version, or this build or its "
      .. "configuration disables every version between them",
    fix = 'let min_version be at most max_version, for example "TLSv1.2" '
      .. 'and "TLSv1.3"',
    source = OPENSSL .. "SSL_CTX_set_min_proto_version(3)" }
  add { slug = "config-dh-unusable", part = "configuration",
    what = "The DH parameters cannot be used.",
    why = "the file holds no DH parameters, or some that are too small or "
      .. "not safe",
    fix = "leave dh_file out (the named groups of RFC 7919 serve then), or "
      .. "make parameters with {dhparam}",
    source = OPENSSL .. "SSL_CTX_set0_tmp_dh_pkey(3); RFC 7919" }
  add { slug = "config-write-failed", part = "configuration",
    what = "A file that had to be written could not be.",
    why = "the folder does not exist, the permission is missing, or the disk "
      .. "is full; nothing half-written stays behind",
    fix = "name a folder that exists and that this user may write to",
    source = "write(2), rename(2)" }
  add { slug = "config-scenario-unusable", part = "scenario",
    what = "A scenario file cannot be run.",
    why = "it is no Lua, raises an error, names a field that does not exist, "
      .. "or does not return a scenario",
    fix = "let the file end with `return wss.scenario { name = ..., ... }`",
    source = "wsstls: wss.scenario.load" }
  add { slug = "program-not-started", part = "command",
    what = "A foreign program could not be started.",
    why = "there is no such program in PATH, it may not be executed, or its "
      .. "folder does not exist",
    fix = "install the program, or give its full path in `command`",
    source = "execvp(3)" }
  add { slug = "program-not-ready", part = "command",
    what = "A foreign program was started and never became ready.",
    why = "it ended, or its output did not match `ready` within `timeout`",
    fix = "read its output; correct `command` or `ready`, or allow more time",
    source = "wsstls: wss.program" }
  add { slug = "listen-in-use", part = "address",
    what = "Another program listens at that address and port.",
    why = "one program at a time can listen there; it may be an earlier run "
      .. "that is still alive",
    fix = "stop the other program (`ss -ltnp` names it), or take port = 0 "
      .. "for a free port",
    source = "bind(2): EADDRINUSE" }
  add { slug = "listen-denied", part = "permission",
    what = "The system does not let this user listen there.",
    why = "ports below 1024 need a privilege on most systems",
    fix = "take a port above 1023 or port = 0, or grant "
      .. "CAP_NET_BIND_SERVICE to the program",
    source = "bind(2): EACCES" }
  add { slug = "listen-failed", part = "address",
    what = "Listening failed.",
    why = "the address is not one of this machine, or the system refused "
      .. "({errno})",
    fix = 'give host = "127.0.0.1", "0.0.0.0" or "::", or an address that '
      .. "`ip addr` lists",
    source = "bind(2), listen(2)" }
  add { slug = "limit-files", part = "limits",
    what = "No file descriptor is left for another connection.",
    why = "each connection needs one, and the process or the system has "
      .. "reached its limit",
    fix = "raise `ulimit -n` before the program starts, or close connections "
      .. "that are no longer needed",
    source = "getrlimit(2): EMFILE, ENFILE" }
  add { slug = "limit-memory", part = "limits",
    what = "An allocation failed.",
    why = "the process may not have more memory",
    fix = "lower max_message and the number of connections, or give the "
      .. "process more memory",
    source = "malloc(3): ENOMEM" }
  add { slug = "limit-connections", part = "limits",
    what = "The server has reached the number of connections it may serve.",
    why = "max_connections bounds them, and `backlog` those that wait to be "
      .. "accepted",
    fix = "raise max_connections, or call accept more often",
    source = "wsstls: listen" }
end

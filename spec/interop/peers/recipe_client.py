"""Dials every job of the JSON file argv[1] over TLS with Python's ssl; prints
one line of JSON: slug -> OpenSSL's verify code as text, "name" for Python's
own word, or "OK"."""
import json
import socket
import ssl
import sys


def context(job):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if job.get("level") is not None:
        made.set_ciphers("DEFAULT:@SECLEVEL=%d" % job["level"])
    if job.get("ca"):
        made.load_verify_locations(job["ca"])
    if job.get("crl"):
        made.load_verify_locations(job["crl"])
    if job.get("crl") or job.get("crl_check"):
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if job.get("crl_check") == "chain":
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    if job.get("strict"):
        made.verify_flags |= ssl.VERIFY_X509_STRICT
    return made


def dial(job):
    try:
        with socket.create_connection(("127.0.0.1", job["port"]), 5) as plain:
            with context(job).wrap_socket(
                    plain, server_hostname=job.get("host") or job.get("ip")):
                return "OK"
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_code)
    except (ssl.SSLError, OSError) as error:
        return getattr(error, "reason", None) or type(error).__name__


with open(sys.argv[1], encoding="utf-8") as jobs:
    print(json.dumps({job["slug"]: dial(job) for job in json.load(jobs)}))

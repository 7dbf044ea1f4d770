"""Reads what wsstls wrote with the module cryptography:
cert|csr|crl|key|p12 PATH [PASSWORD]; prints one line of JSON."""
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

kind, path = sys.argv[1:3]
password = sys.argv[3].encode() if len(sys.argv) > 3 else None
with open(path, "rb") as file:
    data = file.read()


def names(certificate):
    found = certificate.extensions.get_extension_for_class(
        x509.SubjectAlternativeName).value
    return [str(name.value) for name in found]


def public(key):
    return key.public_bytes(serialization.Encoding.PEM,
                            serialization.PublicFormat.SubjectPublicKeyInfo)


if kind == "cert":
    cert = x509.load_pem_x509_certificate(data)
    out = {"subject": cert.subject.rfc4514_string(), "names": names(cert),
           "extensions": len(list(cert.extensions)),
           "serial": "%x" % cert.serial_number}
elif kind == "csr":
    csr = x509.load_pem_x509_csr(data)
    out = {"valid": csr.is_signature_valid, "names": names(csr)}
elif kind == "crl":
    crl = x509.load_pem_x509_crl(data)
    out = {"revoked": [{"serial": "%x" % one.serial_number, "reason":
                        one.extensions.get_extension_for_class(
                            x509.CRLReason).value.reason.value}
                       for one in crl]}
elif kind == "key":
    key = serialization.load_pem_private_key(data, password)
    out = {"public": public(key.public_key()).decode()}
else:
    key, cert, more = pkcs12.load_key_and_certificates(data, password)
    out = {"subject": cert.subject.rfc4514_string(), "more": len(more),
           "match": public(key.public_key()) == public(cert.public_key())}
print(json.dumps(out))

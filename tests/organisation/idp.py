"""Identity providers that a test starts itself: OIDC on loopback, and SAML answers signed with a throw-away key."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


# ---------------------------------------------------------------- OIDC


@dataclass
class OidcIdp:
    """What the provider answers next, and what it was asked."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = KEY
    algorithm: str = "RS256"
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "trivsel", "iat": now, "exp": now + 300, "sub": "s-1", "oid": "o-1"}
        return jwt.encode(claims | self.claims, self.key, algorithm=self.algorithm, headers={"kid": "k1"})


@contextmanager
def oidc_idp() -> Iterator[OidcIdp]:
    """Discovery, keys and tokens, as a tenant of Entra ID gives them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/.well-known/openid-configuration"):
                self._answer(
                    {
                        "issuer": idp.issuer,
                        "authorization_endpoint": f"{idp.issuer}/authorize",
                        "token_endpoint": f"{idp.issuer}/token",
                        "jwks_uri": f"{idp.issuer}/keys",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    }
                )
            else:
                key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                self._answer({"keys": [key | {"kid": "k1", "use": "sig"}]})

        def do_POST(self) -> None:
            idp.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self._answer({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": idp.id_token()})

        def _answer(self, data: dict[str, Any]) -> None:
            body = json.dumps(data).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    idp = OidcIdp(f"http://127.0.0.1:{server.server_port}/tenant/v2.0")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield idp
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ---------------------------------------------------------------- SAML

IDP = "https://adfs.idp.example/adfs/services/trust"
SAML = "urn:oasis:names:tc:SAML:2.0"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def certificate(key: Any) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


CERTIFICATE = certificate(KEY)


def request_id(location: str) -> str:
    """The id of the AuthnRequest in the address that people are sent to."""
    packed = base64.b64decode(parse_qs(urlsplit(location).query)["SAMLRequest"][0])
    return str(etree.fromstring(zlib.decompress(packed, -15)).get("ID"))


def saml_response(
    *,
    in_response_to: str | None,
    attributes: dict[str, str | list[str]],
    acs: str = "http://localhost/konto/saml/sso/acs/",
    audience: str = "http://localhost/konto/saml/sso/metadata/",
    issuer: str = IDP,
    starts: timedelta = timedelta(0),
    lasts: timedelta = timedelta(minutes=5),
    key: Any = KEY,
    sign: bool = True,
    assertion_id: str = "",
    context: str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
) -> str:
    """A Response with one assertion, as the form field SAMLResponse carries it."""
    now = datetime.now(UTC) + starts
    until = (now + lasts).strftime(MOMENT)
    answer = f' InResponseTo="{in_response_to}"' if in_response_to else ""
    statements = "".join(
        f'<saml:Attribute Name="{name}">'
        + "".join(
            f"<saml:AttributeValue>{value}</saml:AttributeValue>"
            for value in ([found] if isinstance(found, str) else found)
        )
        + "</saml:Attribute>"
        for name, found in attributes.items()
    )
    assertion = (
        f'<saml:Assertion xmlns:saml="{SAML}:assertion" ID="{assertion_id or "_" + uuid.uuid4().hex}" Version="2.0"'
        f' IssueInstant="{now.strftime(MOMENT)}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>'
        f'<saml:NameID Format="{SAML}:nameid-format:transient">n-1</saml:NameID>'
        f'<saml:SubjectConfirmation Method="{SAML}:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{until}"'
        f' Recipient="{acs}"{answer}/></saml:SubjectConfirmation></saml:Subject>'
        f'<saml:Conditions NotBefore="{now.strftime(MOMENT)}" NotOnOrAfter="{until}"><saml:AudienceRestriction>'
        f"<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
        f'<saml:AuthnStatement AuthnInstant="{now.strftime(MOMENT)}" SessionIndex="_s"><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        f"<saml:AttributeStatement>{statements}</saml:AttributeStatement></saml:Assertion>"
    )
    if sign:
        signed = OneLogin_Saml2_Utils.add_sign(
            assertion,
            pem(key),
            certificate(key),
            sign_algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_algorithm="http://www.w3.org/2001/04/xmlenc#sha256",
        )
        assertion = signed.decode() if isinstance(signed, bytes) else signed
    response = (
        f'<samlp:Response xmlns:samlp="{SAML}:protocol" xmlns:saml="{SAML}:assertion" ID="_{uuid.uuid4().hex}"'
        f' Version="2.0" IssueInstant="{now.strftime(MOMENT)}" Destination="{acs}"{answer}>'
        f"<saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode"
        f' Value="{SAML}:status:Success"/></samlp:Status>{assertion}</samlp:Response>'
    )
    return base64.b64encode(response.encode()).decode()

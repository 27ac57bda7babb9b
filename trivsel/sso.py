"""Log-in through the municipality's own identity provider, read from the environment. Unset: none of it is loaded.

What each variable means stands in .env.example; how to set up the other side in docs/operations.md.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from trivsel import env

APPS = [
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
]
EMAIL_ATTRIBUTE = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
# What an identity provider may hand out. Never a trio or a committee: those are ours; and never a part of the key:
# its holders are named by KommuneMED, not by whoever administers the directory.
PRIVILEGED_KINDS = ("hr", "property", "dpo")


def pairs(words: list[str]) -> list[tuple[str, str]]:
    """Words `a=b`: an attribute and a value. The value is what stands after the last «=»."""
    found = [(key, value) for key, _, value in (word.rpartition("=") for word in words)]
    if not all(key and value for key, value in found):
        raise env.BadEnvironment(f"Must be a list of attribute=value with commas between, not {','.join(words)!r}.")
    return found


def origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def oidc() -> dict[str, Any] | None:
    issuer = env.text("TRIVSEL_OIDC_ISSUER").rstrip("/")
    if not issuer:
        return None
    return {
        "name": env.text("TRIVSEL_OIDC_NAME") or "Microsoft",
        "origin": origin(issuer),
        "number": env.text("TRIVSEL_OIDC_NUMBER_CLAIM"),
        "email": env.text("TRIVSEL_OIDC_EMAIL_CLAIM") or "email",
        "email_is_verified": env.flag("TRIVSEL_OIDC_EMAIL_IS_VERIFIED"),
        "strong": pairs(env.words("TRIVSEL_OIDC_STRONG")),
        "privileges": {},
        "app": {
            "provider_id": "sso",
            "name": env.text("TRIVSEL_OIDC_NAME") or "Microsoft",
            "client_id": env.text("TRIVSEL_OIDC_CLIENT_ID"),
            "secret": env.text("TRIVSEL_OIDC_CLIENT_SECRET"),
            "settings": {"server_url": issuer, "fetch_userinfo": False, "oauth_pkce_enabled": True},
        },
    }


def saml() -> dict[str, Any] | None:
    entity_id = env.text("TRIVSEL_SAML_ENTITY_ID")
    if not entity_id:
        return None
    metadata_url, sso_url = env.text("TRIVSEL_SAML_METADATA_URL"), env.text("TRIVSEL_SAML_SSO_URL")
    if not metadata_url and not (sso_url and env.text("TRIVSEL_SAML_CERTIFICATE")):
        raise env.BadEnvironment("TRIVSEL_SAML_ENTITY_ID needs _METADATA_URL, or both _SSO_URL and _CERTIFICATE.")
    privileges, cvr = dict(pairs(env.words("TRIVSEL_SAML_PRIVILEGES"))), env.text("TRIVSEL_SAML_CVR")
    if set(privileges.values()) - set(PRIVILEGED_KINDS):
        raise env.BadEnvironment(f"TRIVSEL_SAML_PRIVILEGES may give {', '.join(PRIVILEGED_KINDS)} and nothing else.")
    if privileges and not cvr:
        raise env.BadEnvironment("TRIVSEL_SAML_PRIVILEGES needs TRIVSEL_SAML_CVR: a privilege counts for one employer.")
    idp = {"entity_id": entity_id}
    if metadata_url:
        idp["metadata_url"] = metadata_url
    else:
        idp |= {"sso_url": sso_url, "x509cert": env.text("TRIVSEL_SAML_CERTIFICATE")}
    key = env.text("TRIVSEL_SAML_SP_KEY")
    return {
        "name": env.text("TRIVSEL_SAML_NAME") or "SAML",
        "origin": origin(sso_url or metadata_url),
        "number": env.text("TRIVSEL_SAML_NUMBER_ATTRIBUTE"),
        "email": env.text("TRIVSEL_SAML_EMAIL_ATTRIBUTE") or EMAIL_ATTRIBUTE,
        "email_is_verified": True,  # the municipality's own provider, which nobody but the municipality can set up
        "strong": pairs(env.words("TRIVSEL_SAML_STRONG")),
        "privileges": privileges,
        "cvr": cvr,
        "app": {
            "name": env.text("TRIVSEL_SAML_NAME") or "SAML",
            "client_id": "sso",
            "settings": {
                "idp": idp,
                "sp": {"entity_id": env.text("TRIVSEL_SAML_SP_ENTITY_ID")},
                "advanced": {
                    "want_assertion_signed": True,
                    "want_assertion_encrypted": env.flag("TRIVSEL_SAML_ENCRYPTED"),
                    "authn_request_signed": bool(key),
                    "logout_request_signed": bool(key),
                    "logout_response_signed": bool(key),
                    "private_key": key or None,
                    "x509cert": env.text("TRIVSEL_SAML_SP_CERTIFICATE") or None,
                    "reject_idp_initiated_sso": not env.flag("TRIVSEL_SAML_UNSOLICITED"),
                    "allow_single_label_domains": True,  # an intranet's host may be one word
                    "want_attribute_statement": False,  # whoever sends none is unknown, which has a page of its own
                },
            },
        },
    }


def providers(sources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """allauth's SOCIALACCOUNT_PROVIDERS."""
    classes = {"openid_connect": "organisation.oidc.TenantProvider", "saml": "organisation.saml.MunicipalityProvider"}
    return {
        kind: {"APPS": [sources[kind]["app"]] if kind in sources else [], "provider_class": dotted}
        for kind, dotted in classes.items()
    }

"""Whom an identity provider means, and what it may say about them. It never makes a person, and nothing is linked:
every log-in is matched anew with HR's staff list, by employee number or by a verified work e-mail."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from lxml import etree

from organisation import clock
from organisation.access import active_on_today
from organisation.audit import audit
from organisation.models import Person, Role

logger = logging.getLogger(__name__)
Claims = dict[str, Any]
# Names of OIOSAML 2 (KOMBIT's Context Handler) and OIOSAML 3.
PRIVILEGE_ATTRIBUTES = (
    "dk:gov:saml:attribute:Privileges_intermediate",
    "https://data.gov.dk/model/core/eid/privilegesIntermediate",
)
CVR_SCOPES = ("urn:dk:gov:saml:cvrNumberIdentifier:", "urn:dk:gov:saml:CvrNumberIdentifier:")


def values(claims: Claims, name: str) -> list[str]:
    """A claim or attribute as texts; empty when it is not there."""
    found = claims.get(name)
    if found is None or found == "":
        return []
    return [str(each) for each in found] if isinstance(found, list | tuple) else [str(found)]


def person_meant(claims: Claims, source: dict[str, Any]) -> Person | None:
    """The active person with that number or that verified work e-mail; None when there is none, or no single one."""
    if source["number"]:
        wanted = values(claims, source["number"])
        found = Person.objects.filter(number__in=wanted, is_active=True)
    else:
        verified = source["email_is_verified"] or any(
            claims.get(claim) is True for claim in ("email_verified", "xms_edov")
        )
        wanted = [address.lower() for address in values(claims, source["email"])] if verified else []
        found = Person.objects.filter(email__in=wanted, is_active=True)
    return found.first() if len(wanted) == 1 else None


def is_strong(claims: Claims, source: dict[str, Any]) -> bool:
    """Did the provider itself ask for a second factor? Only what the settings name counts."""
    return any(value in values(claims, claim) for claim, value in source["strong"])


# ---------------------------------------------------------------- privileges


def privileges(claims: Claims, *, cvr: str) -> set[str]:
    """The privileges of this municipality in the attribute: base64 of XML, groups of privileges with a scope.

    OIO Basic Privilege Profile. Groups for other organisations, and what cannot be read, are left out.
    """
    found: set[str] = set()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for text in (value for name in PRIVILEGE_ATTRIBUTES for value in values(claims, name)):
        try:
            root = etree.fromstring(base64.b64decode("".join(text.split()), validate=True), parser)
        except (binascii.Error, ValueError, etree.XMLSyntaxError):
            logger.warning("A privileges attribute could not be read")
            continue
        for group in root.iter("{*}PrivilegeGroup"):
            if group.get("Scope", "") in {scope + cvr for scope in CVR_SCOPES}:
                found |= {(each.text or "").strip() for each in group.iter("{*}Privilege")}
    return found


@transaction.atomic
def roles_of_the_day(person: Person, claims: Claims, source: dict[str, Any]) -> None:
    """Give what the privileges open, for today: at midnight it ends by itself, and the next log-in asks again."""
    if not source["privileges"]:
        return
    held = privileges(claims, cvr=source["cvr"])
    today = clock.today()
    for privilege, kind in source["privileges"].items():
        if privilege in held and not Role.objects.filter(active_on_today(), person=person, kind=kind).exists():
            role = Role.objects.create(person=person, kind=kind, starts=today, ends=today)
            audit("role_given_by_log_in", role, actor=person, kind=kind, person=person.pk, ends=today.isoformat())


# ---------------------------------------------------------------- allauth


class IdentityAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """What the provider said holds: find the person, or say that there is none."""
        source = settings.SSO[sociallogin.provider.id]
        claims: Claims = sociallogin.account.extra_data
        if sociallogin.provider.id == "openid_connect":
            claims = claims["id_token"]
            nonce = str(sociallogin.state.get("nonce", ""))
            if not nonce or not hmac.compare_digest(nonce, str(claims.get("nonce", ""))):
                logger.warning("An id_token came with another nonce")
                raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=401))
        person = person_meant(claims, source)
        if person is None:
            logger.warning("%s: an identity that is not in the staff list", sociallogin.provider.id)
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", status=403))
        roles_of_the_day(person, claims, source)
        sociallogin.user = person
        sociallogin.is_strong = is_strong(claims, source)

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
                                extra_context: Any = None) -> None:  # fmt: skip
        logger.warning("%s: a log-in was refused (%s)", getattr(provider, "id", "?"), type(exception).__name__)

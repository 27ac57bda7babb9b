"""SAML as AD FS and KOMBIT's Context Handler speak it. python3-saml checks signature, audience and time; we remember
which assertions were used."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from organisation.models import SeenAssertion


class MunicipalityProvider(SAMLProvider):
    package = "allauth.socialaccount.providers.saml"  # whose addresses are used

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None,
                 **kwargs: Any) -> HttpResponse:  # fmt: skip
        """Always to log in: connecting accounts is not offered."""
        try:
            return super().redirect(request, "login", next_url, None, **kwargs)
        except OSError as error:  # its metadata are asked for here, unless they are known
            return render_authentication_error(request, self, exception=error)

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Any:
        if not remember(response.get_last_assertion_id(), response.get_last_assertion_not_on_or_after()):
            raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=401))
        return super().sociallogin_from_response(request, response)

    def extract_uid(self, data: Any) -> str:
        """Only for allauth's record of this session: nothing is matched by it, and some send no name id."""
        return hashlib.sha256(str(data.get_nameid()).encode()).hexdigest()

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return dict(data.get_attributes()) | {"authncontext": list(data.get_last_authn_contexts())}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """No person is made of it."""
        return {}


def remember(assertion_id: str | None, not_on_or_after: int | None) -> bool:
    """Write down that the assertion was used; False when it was used before.

    In the database and not the cache: the cache may be lost, and an assertion is good for minutes after that.
    """
    if not assertion_id:
        return False
    now = timezone.now()
    until = datetime.fromtimestamp(not_on_or_after, UTC) if not_on_or_after else now + timedelta(days=1)
    SeenAssertion.objects.filter(until__lt=now - timedelta(hours=1)).delete()
    try:
        with transaction.atomic():
            SeenAssertion.objects.create(digest=hashlib.sha256(assertion_id.encode()).digest(), until=until)
    except IntegrityError:
        return False
    return True

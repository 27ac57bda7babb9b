"""Text messages over any gateway that takes an HTTP POST; which fields it wants is a setting (docs/operations.md).

The text of a message and the number stand in the request's body only: never in its address, never in a log.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from organisation.models import Person
from organisation.post import AddressRefused, ChannelUnavailable

TIMEOUT_SECONDS = 15
# What a gateway says of a number that is none. All else (no credit, wrong token, too fast, down) is the gateway's.
REFUSES_NUMBER = (400, 404, 410, 422)


def number_of(mobile: str, country: str) -> str:
    """Digits with the country in front, as gateways want them: «12 34 56 78» -> «4512345678». Empty when it is none."""
    digits = "".join(sign for sign in mobile if sign.isdigit())
    if mobile.strip().startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return country + digits if len(digits) == 8 else ""


def http_sms(*, person: Person, subject: str, body: str) -> None:
    """Hand one text message to the gateway. Raises AddressRefused for the number, OSError for the gateway."""
    asked = settings.SMS
    if not person.mobile:
        raise ChannelUnavailable("Personen har intet mobilnummer.")
    number = number_of(person.mobile, asked["country"])
    if not number:
        raise AddressRefused
    fields = _filled(json.loads(asked["body"]), {"to": number, "sender": asked["sender"], "text": body})
    as_form = asked["format"] == "form"
    request = urllib.request.Request(  # noqa: S310  (the address is the operator's setting)
        asked["url"],
        data=(urlencode(fields) if as_form else json.dumps(fields)).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded" if as_form else "application/json",
            "Accept": "application/json",
        },
        method="POST",
    )
    if asked["token"]:
        request.add_header("Authorization", asked["authorization"].format(token=asked["token"]))
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in REFUSES_NUMBER:
            raise AddressRefused from None
        raise OSError(f"gateway answers {error.code}") from None


def _filled(shape: Any, values: dict[str, str]) -> Any:
    """The gateway's own shape, with {to}, {sender} and {text} put in wherever they stand."""
    if isinstance(shape, dict):
        return {key: _filled(value, values) for key, value in shape.items()}
    if isinstance(shape, list):
        return [_filled(value, values) for value in shape]
    if isinstance(shape, str):
        for name, value in values.items():
            if shape == "{" + name + "}":
                return value
    return shape

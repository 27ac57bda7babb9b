"""The municipality's own identity providers on the log-in page."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()
ADDRESSES = {"openid_connect": "openid_connect_login", "saml": "saml_login"}


@register.simple_tag
def ways_in() -> list[dict[str, str]]:
    """Those that are set up: what to call it, and where its button leads."""
    return [
        {"name": source["name"], "url": reverse(ADDRESSES[kind], args=["sso"])} for kind, source in settings.SSO.items()
    ]

"""What the pages of logging in ask: which ways in there are, and whether a step is missing."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from organisation import login

register = template.Library()
ADDRESSES = {"openid_connect": "openid_connect_login", "saml": "saml_login"}


@register.simple_tag
def ways_in() -> list[dict[str, str]]:
    """Those that are set up: what to call it, and where its button leads."""
    return [
        {"name": source["name"], "url": reverse(ADDRESSES[kind], args=["sso"])} for kind, source in settings.SSO.items()
    ]


@register.simple_tag(takes_context=True)
def second_factor_missing(context: Context) -> bool:
    """Must the reader add a second factor before going on?"""
    person = context["request"].user
    return login.must_have_second_factor(person) and not login.factors_of(person)

"""OIDC as Entra ID speaks it. allauth trusts the connection to the token endpoint and asks for no nonce; we check the
signature, the issuer, the audience, the time and the nonce of every id_token."""

from __future__ import annotations

import secrets
from typing import Any

import requests
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

# One tenant's keys sign with these. Nothing symmetric: the client's secret is no key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256")


class TenantAdapter(OpenIDConnectOAuth2Adapter):
    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            algorithm = jwtkit.jwt.get_unverified_header(id_token)["alg"]
            if algorithm not in ALGORITHMS:
                raise OAuth2Error("Unsupported signing algorithm")
            return dict(
                jwtkit.verify_and_decode(
                    credential=id_token,
                    keys_url=self.openid_config["jwks_uri"],
                    issuer=app.settings["server_url"],
                    audience=app.client_id,
                    lookup_kid=jwtkit.lookup_kid_jwk,
                )
            )
        except (KeyError, ValueError, jwtkit.jwt.PyJWTError) as error:
            raise OAuth2Error("Invalid id_token") from error


class TenantProvider(OpenIDConnectProvider):
    oauth2_adapter_class = TenantAdapter
    package = "allauth.socialaccount.providers.openid_connect"  # whose addresses are used

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None,
                 **kwargs: Any) -> HttpResponse:  # fmt: skip
        """Always to log in: what the address asks for (connecting accounts, other scopes) is not offered."""
        nonce = secrets.token_urlsafe(24)
        kwargs |= {"scope": self.get_scope(), "auth_params": {**self.get_auth_params(), "nonce": nonce}}
        try:
            return super().redirect(request, "login", next_url, None, nonce=nonce, **kwargs)
        except requests.RequestException as error:  # its discovery document is asked for here
            return render_authentication_error(request, self, exception=error)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends people back to: allauth's view with our adapter."""
    if provider_id != "sso":
        raise Http404
    return OAuth2CallbackView.adapter_view(TenantAdapter(request, provider_id))(request)

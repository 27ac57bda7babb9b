"""allauth's addresses under konto/, without the doors that this product keeps shut."""

from allauth.mfa.webauthn.views import remove_webauthn
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from organisation.login import keeps_the_last_factor


def shut(request: HttpRequest) -> HttpResponse:
    """Nobody signs up, and HR keeps the e-mail addresses: allauth's names stay, since its own code asks for them."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^(?:signup|email|confirm-email|social)/", shut),
    re_path(r"^3rdparty/(?!login/)", shut),
    re_path(r"^saml/[^/]+/sls/", shut),  # whoever logs out does so here; nobody else's unsigned word ends a session
    path("2fa/webauthn/keys/<int:pk>/remove/", keeps_the_last_factor(remove_webauthn), name="mfa_remove_webauthn"),
    path("", include("allauth.urls")),
]

if settings.SSO:
    from organisation import oidc

    urlpatterns.insert(0, path("oidc/<str:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"))

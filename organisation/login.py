"""Log-in through allauth, with the doors that this product keeps shut. Why so: docs/decisions/0040-log-in.md."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, RequestLoginCodeForm, ResetPasswordKeyForm, SetPasswordForm
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.contrib import messages
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation import access, clock, factor_secrets
from organisation.audit import audit
from organisation.models import OneTimeLink, Person, Role

logger = logging.getLogger(__name__)
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SHOWN = "second_factor"  # session: an identity provider that may do so vouched for one
_postman = ThreadPoolExecutor(max_workers=2, thread_name_prefix="login-mail")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("Der har været for mange forsøg. Vent lidt, og prøv igen."),
        "email_password_mismatch": gettext_lazy("Mailadressen eller adgangskoden er forkert."),
        "incorrect_code": gettext_lazy("Koden er forkert. Se efter, om det er den nyeste mail."),
        "incorrect_password": gettext_lazy("Adgangskoden er forkert."),
        "enter_current_password": gettext_lazy("Skriv din nuværende adgangskode."),
        "invalid_password_reset": gettext_lazy("Linket virker ikke mere."),
        "password_min_length": gettext_lazy("Adgangskoden er for kort."),
        "rate_limited": gettext_lazy("Der har været for mange forsøg. Vent lidt, og prøv igen."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people come from HR's staff list."""
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guesses at one account count together wherever they come from, before those from one address do."""
        email = str(credentials.get("email", "")).lower()
        if not ratelimit.consume(request, action="login_account", key=email):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed attempts count for a pair of account and address, so that nobody is locked out from elsewhere."""
        return f"{str(credentials.get('email', '')).lower()}|{self.get_client_ip(request)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Beside the response: how long a mail takes, or that it cannot be sent, tells nobody who is known here."""
        message = self.render_mail(template_prefix, email, context)
        if settings.LOGIN_MAIL_BESIDE:
            _postman.submit(_post, message)
        else:
            message.send()

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a passkey and no app is asked for the passkey first, and not for a recovery code."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        has_app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
        return sorted(ways, key=lambda way: not has_app and way["id"] == "mfa_reauthenticate")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        login = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if login is not None and getattr(login, "is_strong", False):
            request.session[SHOWN] = True
        return super().post_login(request, user, **kwargs)


def _post(message: Any) -> None:
    try:
        message.send()
    except Exception as error:  # whatever a mail server does: its reader can ask for a new code
        logger.error("A log-in mail could not be sent: %s", type(error).__name__)
    finally:
        connections.close_all()


class RequestCodeForm(RequestLoginCodeForm):
    def clean_email(self) -> str:
        """Codes asked for from one address, before all that are asked for to this account: nobody can use them up."""
        adapter = AccountAdapter()
        key = f"{self.cleaned_data['email'].lower()}|{adapter.get_client_ip(context.request)}"
        if not ratelimit.consume(context.request, action="login_code_pair", key=key):
            raise adapter.validation_error("too_many_login_attempts")
        return str(super().clean_email())


class _PlainHelp:
    """allauth writes every rule as a list into the help of the field; one sentence says them all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        fields["password1"].help_text = _("Mindst 12 tegn, ikke dit navn og ikke noget, som andre let gætter.")
        if "oldpassword" in fields:
            fields["oldpassword"].help_text = ""


class SetForm(_PlainHelp, SetPasswordForm):
    pass


class ChangeForm(_PlainHelp, ChangePasswordForm):
    pass


class ResetKeyForm(_PlainHelp, ResetPasswordKeyForm):
    pass


class AppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Koden i appen")


# ---------------------------------------------------------------- the second factor


def must_have_second_factor(person: Any) -> bool:
    return access.holds(person, Role.SECOND_FACTOR_KINDS)


def factors_of(person: Person) -> int:
    return Authenticator.objects.filter(user=person, type__in=FACTORS).count()


def second_factor_was_shown(request: HttpRequest) -> bool:
    """In this session: at log-in, when it was added, or by an identity provider that may vouch for it."""
    if request.session.get(SHOWN):
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy("Din rolle kræver to trin. Tilføj et andet, før du fjerner dette."),
        "incorrect_code": gettext_lazy("Koden er forkert. Vent på den næste kode, og prøv igen."),
    }

    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        person = authenticator.user
        return not must_have_second_factor(person) or factors_of(person) > 1

    def build_totp_svg(self, url: str) -> str:
        """Into the page itself: the content security policy shows no picture from a data address."""
        svg = super().build_totp_svg(url)
        label = escape(_("Nøglen som QR-kode"))
        return svg[svg.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)

    def generate_authenticator_name(self, user: Any, type: str) -> str:
        return _("Adgangsnøgle {number}").format(
            number=Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        )


def keeps_the_last_factor(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """allauth asks `can_delete_authenticator` for an app, but not for a passkey."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if must_have_second_factor(request.user) and factors_of(request.user) <= 1:  # type: ignore[arg-type]
            messages.error(request, MFAAdapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return guarded


def factor_was_added(request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    """allauth's signal: whoever adds an app or a key has just shown it."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", type=authenticator.type, id=authenticator.pk, reauthenticated=True)
        audit("second_factor_added", user, actor=user, type=authenticator.type)


def factor_was_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in FACTORS:
        audit("second_factor_removed", user, actor=user, type=authenticator.type)


# ---------------------------------------------------------------- the first HR user


def first_hr_link(*, email: str) -> str:
    """The one-time address with which a new installation gets its first HR user. Valid for one hour.

    Refused when somebody already holds the HR role: from then on HR gives roles in the product.
    """
    email = email.strip().lower()
    with transaction.atomic():
        if Role.objects.filter(kind=Role.Kind.HR).exclude(person__email=email).exists():
            raise ValueError("Der er allerede en HR-bruger. Nye roller gives af HR i systemet.")
        person = Person.objects.filter(email=email).first()
        if person is None:
            person = Person.objects.create_user(name=email.split("@")[0], email=email)
        Role.objects.get_or_create(person=person, kind=Role.Kind.HR, ends=None, defaults={"starts": clock.today()})
        token = secrets.token_urlsafe(32)
        OneTimeLink.objects.create(
            person=person,
            token_hash=hashlib.sha256(token.encode()).digest(),
            expires_at=timezone.now() + timedelta(hours=1),
        )
        audit("first_hr_link_made", person, actor=None)
    return f"{settings.BASE_URL}/velkommen/{token}/"


def person_for_link(token: str) -> Person | None:
    """Use up the link: its person, once and in time, else None."""
    digest = hashlib.sha256(token.encode()).digest()
    link = OneTimeLink.objects.select_related("person").filter(token_hash=digest).first()
    if link is None:
        return None
    used = OneTimeLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=timezone.now()).update(
        used_at=timezone.now()
    )
    return link.person if used else None

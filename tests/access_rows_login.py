"""The rows of logging in: allauth's addresses that we offer. The others answer 404 (`trivsel.account_urls`)."""

from __future__ import annotations

from typing import Any

from tests.access_matrix import Row, everybody, public
from tests.world import World


def sso(world: World) -> list[Any]:
    return ["sso"]


ROWS = [
    Row("healthz", "no worker lives in the tests", rest=503, visitor=503),
    Row("set_language", "changes nothing", rest=302, visitor=302),
    Row("set_language", method="post", rest=302, visitor=302),
    Row("account_login", "already in: on to the tasks", rest=302, visitor=200),
    Row("account_login", method="post", rest=302, visitor=200),
    Row("account_request_login_code", rest=302, visitor=200),
    Row("account_request_login_code", method="post", rest=302, visitor=200),
    Row("account_confirm_login_code", "no code was asked for", rest=302),
    Row("account_confirm_login_code", method="post", rest=302),
    Row("account_logout", "a button", rest=200),
    Row("account_logout", method="post", rest=302),
    public("account_inactive"),
    Row("account_reauthenticate", "nothing to do it with", rest=403),
    Row("account_reauthenticate", "the same", method="post", rest=403),
    Row("account_change_password", rest=302),
    Row("account_change_password", method="post", rest=302),
    everybody("account_set_password"),
    Row("account_set_password", method="post", rest=200),
    public("account_reset_password"),
    public("account_reset_password", method="post"),
    public("account_reset_password_done"),
    public("account_reset_password_from_key", args=lambda w: ["a", "b"]),
    public("account_reset_password_from_key", method="post", args=lambda w: ["a", "b"]),
    public("account_reset_password_from_key_done"),
    everybody("mfa_index"),
    Row("mfa_authenticate", rest=302),
    Row("mfa_authenticate", method="post", rest=302),
    Row("mfa_reauthenticate", "the same", rest=403),
    Row("mfa_reauthenticate", "the same", method="post", rest=403),
    everybody("mfa_activate_totp"),
    Row("mfa_activate_totp", method="post", rest=200),
    Row("mfa_deactivate_totp"),
    Row("mfa_deactivate_totp", method="post"),
    Row("mfa_view_recovery_codes", "none made"),
    everybody("mfa_generate_recovery_codes"),
    Row("mfa_generate_recovery_codes", method="post", rest=200),
    Row("mfa_download_recovery_codes", "none made"),
    Row("mfa_download_recovery_codes", "none made", method="post"),
    everybody("mfa_list_webauthn"),
    everybody("mfa_add_webauthn"),
    Row("mfa_add_webauthn", method="post", rest=200),
    Row("mfa_reauthenticate_webauthn", "the same", rest=403),
    Row("mfa_reauthenticate_webauthn", "the same", method="post", rest=403),
    Row("mfa_remove_webauthn", "none added", args=lambda w: [1], named={302: ("hr", "key_holder")}),
    Row("mfa_remove_webauthn", "the same", method="post", args=lambda w: [1], named={302: ("hr", "key_holder")}),
    Row("mfa_edit_webauthn", args=lambda w: [1]),
    Row("mfa_edit_webauthn", method="post", args=lambda w: [1]),
    Row("mfa_login_webauthn", rest=302),
    Row("mfa_login_webauthn", method="post", rest=302),
    # --- the municipality's own identity providers, where they are set up ------------------------------------------
    public("socialaccount_login_cancelled"),
    Row("socialaccount_login_error", rest=401, visitor=401),
    public("openid_connect_login", args=sso),
    Row("openid_connect_login", "nobody answers there", method="post", args=sso, rest=401, visitor=401),
    Row("openid_connect_callback", "nothing was asked", args=sso, rest=401, visitor=401),
    Row("openid_connect_callback", "the same", method="post", args=sso, rest=401, visitor=401),
    public("saml_login", args=sso),
    Row("saml_login", "on to the provider", method="post", args=sso, rest=302, visitor=302),
    Row("saml_acs", "kept for the next address", args=sso, rest=302, visitor=302),
    Row("saml_acs", "the same", method="post", args=sso, rest=302, visitor=302),
    Row("saml_finish_acs", "nothing was kept", args=sso, rest=401, visitor=401),
    Row("saml_finish_acs", "the same", method="post", args=sso, rest=401, visitor=401),
    public("saml_metadata", args=sso),
    public("saml_metadata", method="post", args=sso),
]

"""What must hold before Trivsel may run: refusals at every start, system checks for the rest."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

URN_SETTINGS = settings.BASE_DIR / "bin" / "support" / "urn.conf"
# bin/run makes the demonstration's secret with this beginning, so that it is known wherever it turns up.
DEMO_SECRET = "demo-"  # noqa: S105 (a mark, no secret)
SHORTEST_SECRET = 40


def refusals(*, secret: str, embedded: bool, demo: bool, https: bool) -> list[str]:
    """Why this combination may not start, a sentence each. Production is what bin/run did not start servers for."""
    found = []
    if not embedded and secret.startswith(DEMO_SECRET):
        found.append("TRIVSEL_SECRET_KEY is the secret of a demonstration: make a new one.")
    elif not embedded and len(secret) < SHORTEST_SECRET:
        found.append(f"TRIVSEL_SECRET_KEY must be random and have at least {SHORTEST_SECRET} characters.")
    if demo and https:
        found.append("TRIVSEL_DEMO=1 lets anybody log in as anybody, and TRIVSEL_BASE_URL is a public https address.")
    return found


def refuse_unsafe_start() -> None:
    """Called when the application is ready: by web, worker, beat and every command."""
    found = refusals(secret=settings.SECRET_KEY, embedded=settings.EMBEDDED, demo=settings.DEMO, https=settings.HTTPS)
    if found:
        raise ImproperlyConfigured(" ".join(found))


@register(Tags.security, deploy=True)
def deployment_is_complete(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What a municipality must have said before people are invited. Part of `check --deploy` only."""
    found: list[CheckMessage] = []
    if not settings.HTTPS:
        found.append(
            Error("TRIVSEL_BASE_URL must begin with https://: codes and answers travel on it.", id="trivsel.E010")
        )
    if settings.DEMO:
        found.append(Error("TRIVSEL_DEMO is on.", id="trivsel.E011"))
    if not settings.MUNICIPALITY["name"]:
        found.append(Error("TRIVSEL_MUNICIPALITY is empty: the pages say whose survey this is.", id="trivsel.E012"))
    for folder in {settings.KEY_DIR, settings.PRIVATE_KEY_DIR}:
        if _exists(folder) and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            found.append(Error(f"{folder} can be read by others: chmod 700.", id="trivsel.E013"))
    if settings.PRIVATE_KEY_DIR.is_relative_to(settings.KEY_DIR):
        found.append(
            Error(
                "TRIVSEL_PRIVATE_KEY_DIR lies in TRIVSEL_KEY_DIR: the web server could open every envelope.",
                id="trivsel.E014",
            )
        )
    return found


def _exists(folder: Path) -> bool:
    """Where another container's folder is not mounted, or not ours to look at, there is nothing to say about it."""
    try:
        return folder.exists()
    except PermissionError:
        return False


@register(Tags.database)
def clusters_are_apart(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The urn lives in a cluster that keeps no trace of single answers, and shares neither log, transaction numbers nor
    superuser with the roll. Asked of the servers by `check --database urn` and by `migrate --database urn`."""
    if "urn" not in (databases or ()):
        return []
    found = []
    with connections["urn"].cursor() as cursor:
        for name, wanted in urn_settings().items():
            cursor.execute("SELECT setting, unit FROM pg_settings WHERE name = %s", [name])
            row = cursor.fetchone()
            if row is None or row[0] != wanted:
                found.append(f"The urn's Postgres has {name} = {row and row[0]}; it must be {wanted}.")
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            found.append("The urn is reached as a superuser.")
        cursor.execute(
            "SELECT has_function_privilege('pg_switch_wal()', 'execute')"
            " AND pg_has_role(current_user, 'pg_checkpoint', 'usage')"
        )
        if not cursor.fetchone()[0]:
            found.append(
                "The urn's role may not clear its log after the count: see bin/support/owner.sh for the grants."
            )
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        urn = cursor.fetchone()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        if cursor.fetchone() == urn:
            found.append("DATABASE_URL and URN_DATABASE_URL lead to the same cluster: the urn needs one of its own.")
    # Errors stop the migration; a developer's throw-away servers only get a word.
    message = Warning if settings.EMBEDDED else Error
    return [message(text, id="trivsel.E020") for text in found]


def urn_settings() -> dict[str, str]:
    """The settings of the urn's cluster, as Postgres reports them."""
    lines = (line.partition("=") for line in URN_SETTINGS.read_text().splitlines() if line and line[0] != "#")
    return {name.strip(): value.strip() for name, _equals, value in lines}

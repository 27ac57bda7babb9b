"""`bin/manage first_hr EMAIL`: the one-time link with which a new installation gets its first user."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from organisation.login import first_hr_link


class Command(BaseCommand):
    help = "Udskriv et engangslink, som giver en ny installation sin første HR-bruger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            link = first_hr_link(email=options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']!r} er ikke en e-mailadresse.") from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(link)
        self.stdout.write("Linket virker én gang og i en time. Send det ad en sikker vej.")

"""`bin/manage factors_encrypt`: close what apps for codes share with us with the present secret key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from organisation.factor_secrets import encrypt_all


class Command(BaseCommand):
    help = "Kryptér hemmelighederne bag to trin med den nuværende nøgle. Kan køres igen."

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = encrypt_all()
        self.stdout.write(f"{done} krypteret med den nuværende nøgle, {unreadable} kan ikke læses.")
        if unreadable:
            self.stdout.write("Sæt TRIVSEL_SECRET_KEY_OLD til den forrige nøgle, og kør igen.")

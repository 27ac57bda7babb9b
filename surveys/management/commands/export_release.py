"""bin/manage export_release CAMPAIGN --out FACTS.json: every figure that any role can see, for the auditor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.models import Campaign
from surveys.exports import export_release
from surveys.models import Release, Wave


class Command(BaseCommand):
    help = (
        "Skriv alle tal i en måling til en fil, som audit_release kan efterprøve. Tidligere udgaver, korte målinger og "
        "importerede tidligere målinger skrives i filer ved siden af, FACTS-*.json."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("campaign", help="årstal, fx 2026")
        parser.add_argument("--out", required=True, type=Path)
        parser.add_argument("--wave", help="uuid af en kort måling: kun den")

    def handle(self, *args: Any, **options: Any) -> None:
        if not str(options["campaign"]).isdigit():
            raise CommandError("Angiv målingen med dens årstal, fx 2026.")
        campaign = Campaign.objects.filter(year=int(options["campaign"])).first()
        if campaign is None:
            raise CommandError(f"Der er ingen måling i {options['campaign']}.")
        known = Release.objects.select_related("wave__campaign", "wave__questionnaire").order_by("-number", "pk")
        of_campaign = known.filter(wave__campaign=campaign)
        if options["wave"]:
            of_campaign = of_campaign.filter(wave__uuid=options["wave"])
        releases = sorted(of_campaign, key=lambda made: made.wave.kind not in (Wave.Kind.MAIN, Wave.Kind.IMPORTED))
        if not releases:
            raise CommandError("Målingen har ingen tal endnu.")
        first, *others = releases
        out: Path = options["out"]
        self._write(first, out)
        if not options["wave"]:
            others += [made for made in known.filter(wave__kind=Wave.Kind.IMPORTED) if made not in releases]
        for made in others:
            kind = f"{made.wave.kind}-{made.wave.campaign.year}"
            if made.wave.kind == Wave.Kind.PULSE:
                kind = f"{kind}-{made.wave.uuid.hex[:8]}"
            self._write(made, out.with_name(f"{out.stem}-{kind}-{made.number}{out.suffix}"))

    def _write(self, release: Release, out: Path) -> None:
        try:
            out.write_text(json.dumps(export_release(release), ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{release.facts.filter(n__isnull=False).count()} tal i {out}")

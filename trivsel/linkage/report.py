"""The result for the committee, in plain Danish."""

from __future__ import annotations

from collections.abc import Iterable

from trivsel.linkage.run import Result, Stage
from trivsel.linkage.verdict import Match

WORTH_TELLING = 0.01  # the known channel is told long before it is certain


def report(result: Result) -> str:
    """What was tried, how many were matched, what chance would give, and what it means."""
    lines = [
        "EFTERPRØVNING: KAN NOGEN KOBLES TIL SIN KUVERT?",
        "",
        f"{result.people} opdigtede ansatte svarede gennem den rigtige webserver, 16 ad gangen, i en kendt rækkefølge.",
        f"{result.named} af dem satte selv navn på en fysisk melding lige bagefter.",
        "Derefter blev alt læst, som den, der driver serverne, kan læse: tabeller med skjulte kolonner, kopier før",
        "og efter, databasernes log (WAL), filer med slettede rækker, køen og logfiler. Hvert sted, hvor en person",
        "havde sat et spor, blev prøvet mod hvert sted, hvor kuverter ligger, i tidens rækkefølge og inden for enhed.",
        "",
        "Et sted er et læk, når så mange rigtige gæt kun ville komme tilfældigt færre end én gang ud af en million",
        "(ensidet Poisson-prøve mod det antal, som gæt inden for enheden giver).",
    ]
    for stage in result.stages:
        lines += ["", *_stage(stage)]
    lines += ["", *_rest(result)]
    verdict = (
        "INGEN kunne kobles til sin kuvert ud over det tilfældige." if result.green else "DER ER ET LÆK. Se ovenfor."
    )
    return "\n".join([*lines, "", f"RESULTAT: {verdict}"]) + "\n"


def _stage(stage: Stage) -> Iterable[str]:
    yield stage.when.upper()
    yield f"  {stage.places} steder læst; i {stage.without_trace} af dem er der intet spor af, hvem der har svaret."
    tried = [found for found in stage.matches if found.people]
    if not tried:
        yield "  Af dem, der ikke selv satte navn på noget, er der intet spor noget sted: der er intet at koble med."
    for found in sorted(tried, key=lambda one: one.probability)[:12]:
        yield _line("LÆK" if found.is_leak else "ok", found)
    if stage.known:
        best = max(stage.known, key=lambda one: one.hits - one.by_chance)
        if best.probability < WORTH_TELLING:
            yield "  Kendt og fortalt: Den, der selv sætter navn på en fysisk melding, sætter et spor i tid."
            yield _line("kendt", best)
            yield "    Det udpeger en forseglet kuvert, ikke et svar: uden nøglen kan den ikke åbnes."
        else:
            yield "  Heller ikke dem, der satte navn på en fysisk melding, kan kobles til en kuvert:"
            yield _line("ok", best)


def _line(mark: str, found: Match) -> str:
    return (
        f"  [{mark}] {found.people_where}\n       mod {found.envelopes_where}:\n"
        f"       {found.hits} af {found.people} rigtige; tilfældigt ventes {found.by_chance:.1f}; "
        f"sandsynlighed {found.probability:.2g}"
    )


def _rest(result: Result) -> Iterable[str]:
    yield "EFTER OPTÆLLINGEN"
    if result.left_over:
        yield from (f"  [LÆK] {line}" for line in result.left_over)
    else:
        yield "  Kuverterne er væk, og det samme er nøglerne. Hvad der står tilbage i en log, kan ingen åbne."
    if result.not_tried:
        yield "IKKE PRØVET"
        yield from (f"  {line}" for line in result.not_tried)

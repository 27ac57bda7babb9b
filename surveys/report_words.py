"""The fixed words of a report: how it is read, what hidden means, what the words of the field mean. Page and paper."""

from __future__ import annotations

from django.utils.translation import gettext as _

Words = list[tuple[str, str]]


def scale() -> str:
    """Under the heading of the topics."""
    return _(
        "0 til 100, og 100 er altid bedst. Forskelle under 5 betyder sjældent noget. I parentes: få svar, tolkes med "
        "varsomhed."
    )


def topic_lead(score: int | None, shown: int, of: int) -> str:
    """Under a topic's heading: what its figure is made of."""
    if score is None:
        return _("Emnets samlede tal vises ikke af hensyn til anonymiteten.")
    if shown == of:
        return _("Emnet fik %(score)s. Det er gennemsnittet af emnets %(all)s spørgsmål.") % {"score": score, "all": of}
    said = {"score": score, "shown": shown, "all": of}
    return _("Emnet fik %(score)s. Det er gennemsnittet af de spørgsmål, der kan vises: %(shown)s af %(all)s.") % said


def guide() -> Words:
    """How to read the report, and the one explanation of everything that is not shown."""
    return [
        (
            _("Tallet fra 0 til 100"),
            _(
                "Svarene er gjort til point, så 100 altid er bedst, også hvor man helst vil svare «aldrig». 75 og over "
                "er en styrke, 50–74 kalder på opmærksomhed, under 50 på en indsats. Tal er et sted at begynde "
                "samtalen, ikke en karakter."
            ),
        ),
        (
            _("Små forskelle"),
            _(
                "Under 5 point betyder sjældent noget og nævnes ikke. En pil vises kun ved mindst 5 point, og når "
                "mindst ti har svaret begge steder. En parentes betyder, at færre end ti har svaret et af stederne: Så "
                "kan ét svar flytte tallet, og forskellen skal tolkes med varsomhed."
            ),
        ),
        (
            _("Vises ikke af hensyn til anonymiteten"),
            _(
                "Et tal vises kun, når mindst fem har svaret, og når det heller ikke kan regnes ud om færre end fem "
                "ved at trække andre tal fra hinanden. Ingen svar går tabt: De tæller med i en rapport højere oppe."
            ),
        ),
        (
            _("Færre end 5"),
            _(
                "Ved krænkende adfærd og sygefravær skriver vi ikke tal fra 1 til 4. Nul skrives kun, når mindst ti "
                "har svaret."
            ),
        ),
    ]


def glossary() -> Words:
    return [
        (
            _("Positive og kritiske"),
            _(
                "Positive er dem, der svarede et af de to bedste svar; kritiske er dem, der svarede et af de to "
                "dårligste. Resten svarede midt imellem. «Ved ikke» tæller ikke med."
            ),
        ),
        (
            _("Emnets tal"),
            _("Gennemsnittet af de spørgsmål i emnet, der kan vises. Vises færre end halvdelen, har emnet intet tal."),
        ),
        (
            _("Trio"),
            _(
                "Leder, arbejdsmiljørepræsentant (AMR) og tillidsrepræsentant (TR). De læser rapporten sammen og "
                "holder trivselsdialogen."
            ),
        ),
        (
            _("MED"),
            _(
                "Medindflydelse og medbestemmelse: udvalg, hvor ledelse og medarbejdere taler om arbejdsmiljøet på "
                "arbejdspladsen, i afdelingen og i hele kommunen."
            ),
        ),
        (
            _("APV"),
            _("Arbejdspladsvurdering: den vurdering af arbejdsmiljøet, som loven kræver mindst hvert tredje år."),
        ),
        (
            _("Fund"),
            _("Et problem i de fysiske rammer, som én eller flere har meldt. Trioen behandler det på sin tavle."),
        ),
        (_("Handleplan"), _("Det, I aftaler at gøre, hvem der har ansvaret, og hvornår I følger op.")),
    ]

"""What the demonstration's people write: problems, agreements, handleplaner, evaluations. All invented."""

from __future__ import annotations

from dataclasses import dataclass

PROBLEMS: dict[str, tuple[str, ...]] = {
    "fa_climate": (
        "Det trækker fra vinduerne, især om morgenen.",
        "Der er 27 grader, når solen står på om eftermiddagen.",
        "Luften er tung efter en time med dørene lukket.",
        "Der lugter fra afløbet, når det har regnet.",
    ),
    "fa_light": (
        "Lyset blinker.",
        "Solen blænder på skærmen efter kl. 13.",
        "Der er for mørkt, når vi læser etiketter.",
    ),
    "fa_noise": (
        "Opvaskemaskinen larmer, så man ikke kan tale sammen.",
        "Der er rumklang, når vi er mere end fem.",
        "Man hører telefonerne fra kontoret ved siden af.",
    ),
    "fa_space_hygiene": (
        "Der mangler plads til, at to kan hjælpe hinanden.",
        "Toilettet bliver kun gjort rent hver anden dag.",
        "Omklædningen er for lille ved vagtskifte.",
    ),
    "fa_lifting_posture": (
        "Liften kan ikke komme helt ind til sengen.",
        "Vi løfter kasser fra gulvet mange gange om dagen.",
        "Bordet kan ikke hæves, så vi står bøjede.",
    ),
    "fa_desk_equipment": (
        "Stolen kan ikke indstilles.",
        "Skærmen er for lille til to programmer.",
        "Bilen mangler service, og sædet er slidt.",
    ),
    "fa_substances_infection": (
        "Der er skimmel i hjørnet bag skabet.",
        "Vi mangler handsker i den rigtige størrelse.",
        "Sæben giver udslæt på hænderne.",
    ),
    "fa_accidents": (
        "Gulvet er glat ved indgangen, når det regner.",
        "Flugtvejen er spærret af kasser.",
        "Trappetrinnet er løst.",
        "Dørmåtten ligger løst, og flere er snublet.",
    ),
    "fa_out_of_house": ("Vi er alene efter kl. 22 og har ingen alarm.", "Der er dårlig belysning, hvor vi parkerer."),
}

IDEAS: dict[str, tuple[str, ...]] = {
    "fa_climate": ("Tætningslister og en persienne.", "Udluftning i ti minutter hver time."),
    "fa_light": ("Skift armaturet.",),
    "fa_noise": ("Lyddæmpende plader i loftet.", "Kør maskinen, når vi ikke sidder der."),
    "fa_space_hygiene": ("Flyt skabet ud på gangen.",),
    "fa_lifting_posture": ("En loftlift.", "Instruktion i forflytning to gange om året."),
    "fa_desk_equipment": ("Lad os prøve to stole, før der købes.",),
    "fa_substances_infection": ("Bestil tre størrelser handsker.",),
    "fa_accidents": ("Fast måtte og et skilt.",),
    "fa_out_of_house": ("Et alarmtryk hver.",),
}


@dataclass(frozen=True)
class Matter:
    """Something a trivselsdialog ends in: the agreement, and the handleplan that carries it out."""

    topic: str
    agreement: str
    title: str
    problem: str
    goal: str
    steps: tuple[str, ...]
    sign: str


MATTERS = (
    Matter(
        "kb",
        "Vi fordeler morgenens opgaver på tavlen og aftaler, hvad der kan vente.",
        "Ro i de travle timer",
        "For mange opgaver på samme tid mellem kl. 7 og 11 og ved vagtskifte.",
        "Vi vil nå det vigtigste uden at springe pauser over, og vi vil kunne sige fra i fællesskab.",
        (
            "Fordel morgenens opgaver på tavlen kl. 7.15",
            "En rolig halv time til dokumentation, uden telefon",
            "Aftal med ledelsen, hvornår vi siger fra",
        ),
        "Alle holder pause mindst fire af fem dage.",
    ),
    Matter(
        "kb",
        "Fast sparring efter svære forløb.",
        "Vi bærer ikke det svære hjem",
        "Flere tager svære oplevelser med hjem, og vi får ikke talt dem igennem.",
        "Ingen går hjem fra en svær situation uden at have talt med en kollega.",
        ("Fast sparring om fredagen, 20 minutter", "En makker at ringe til ved aftenvagter"),
        "Vi spørger igen i november.",
    ),
    Matter(
        "ps",
        "På hvert møde spørger vi: hvad har vi ikke fået sagt?",
        "Alle kan sige det, de ser",
        "Der bliver stille på møderne, når noget er gået skævt.",
        "Vi taler om fejl, mens vi kan lære af dem.",
        ("Fast punkt på personalemødet: hvad lærte vi?", "Runde, hvor alle får ordet, før lederen taler"),
        "Flere siger deres mening på møderne; vi ser på det efter tre måneder.",
    ),
    Matter(
        "ps",
        "Vi rydder op efter uenigheder inden for en uge.",
        "Uenighed på en ordentlig måde",
        "Små sammenstød bliver liggende og fylder.",
        "Uenighed tages op dér, hvor den er, og bliver afsluttet.",
        ("Aftal spilleregler for uenighed", "AMR og TR kan bruges som tredje person"),
        "Trioen hører hver måned, om noget ligger og venter.",
    ),
    Matter(
        "mt",
        "Vi viser hinanden, hvad der lykkes.",
        "Det, der lykkes, skal kunne ses",
        "Vi får sjældent at vide, når vi gør det godt.",
        "Alle hører mindst én gang om ugen, hvad der lykkedes.",
        ("Ugens gode historie på tavlen", "Lederen følger en vagt om måneden"),
        "Spørgsmålet om at blive set ligger højere næste gang.",
    ),
    Matter(
        "mt",
        "Alle får en plan for, hvad de gerne vil lære.",
        "Vi bliver dygtigere sammen",
        "Der er langt mellem kurserne, og vi bruger ikke hinandens viden.",
        "Hver medarbejder har en aftale om læring i det kommende år.",
        ("Læringssamtale med alle inden september", "Kollega viser kollega, en time hver måned"),
        "Aftalerne er lavet og fulgt op i december.",
    ),
    Matter(
        "ka",
        "Vi registrerer alle trusler og taler dem igennem samme dag.",
        "Vold og trusler er ikke en del af jobbet",
        "Trusler og vold fra borgere sker jævnligt og bliver ikke altid registreret.",
        "Alle hændelser registreres, og ingen står alene bagefter.",
        (
            "Gennemgå retningslinjen på personalemødet",
            "Øv konfliktnedtrapning to gange i efteråret",
            "Hændelser gennemgås hver måned i trioen",
        ),
        "Antallet af registreringer passer til det, vi hører.",
    ),
    Matter(
        "sf",
        "Vi taler om, hvad der slider, før nogen bliver syge.",
        "Vi forebygger sammen",
        "Vi taler mest om fravær, når det er sket.",
        "Vi tager hånd om det, der slider, i tide.",
        ("Tema på personalemødet i august: hvad slider?", "Fast aftale om opgaver, når en er væk"),
        "Vi ser på fraværet sammen i februar.",
    ),
    Matter(
        "fa",
        "Vi retter det, vi selv kan, inden sommerferien.",
        "Orden i de fysiske rammer",
        "Flere fysiske meldinger handler om det samme rum.",
        "Det, vi selv kan klare, er klaret, og resten er sendt videre.",
        ("Ryd op og flyt om i rummet", "Følg op på svaret fra Kommunale Ejendomme"),
        "Ingen nye meldinger om det samme.",
    ),
)

NO_ACTION = "Trioen har set på det sammen med den, det går ud over. Det er løst med en lille aftale."
SOLVED = "Klaret samme uge."
TO_PROPERTY = "Vi beder om, at nogen ser på det. Det går ud over flere."
REPLY = "Tak for meldingen. Håndværker er bestilt, og I hører fra os om tidspunktet."
REPLY_DONE = "Det er udført. Skriv, hvis det kommer igen."

WENT_WELL = (
    "Høj svarprocent, fordi trioerne talte om målingen på personalemøderne.",
    "Dialogerne blev holdt inden sommerferien, og de fleste oplevede at blive hørt.",
    "Rapporten var let at tale ud fra, og de fysiske meldinger blev løst undervejs.",
)
DIFFERENTLY = (
    "Dato for dialogen skal sættes allerede i marts.",
    "Aften- og natholdene skal have deres egen dialog.",
    "Flere skal hjælpes med at svare på telefonen.",
)
EFFORT = (
    "Udvalget fulgte status på hvert møde, men kom sent i gang med de trioer, der manglede.",
    "Vi har støttet trioerne godt; næste gang tager vi de fælles problemer op før ferien.",
)
DECISIONS = (
    "Krav og balance er fast punkt på hvert møde i efteråret.",
    "Vi følger op på handleplanerne i november og i februar sammen med fraværstallene.",
)

"""Invented names for people, places and jobs. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

GIVEN = """
    Aase Ali Anders Anita Anja Anna Annika Anton Arne Asger Astrid Benedikte Bente Bjarke Bo Bodil Britta Carl
    Caroline Cecilie Claus Dagny Dorte Ebba Egon Eigil Elin Ellen Else Emil Erna Esben Eva Filip Flemming Frida
    Gerda Gitte Gudrun Gunnar Hanna Harald Hassan Heidi Helle Henning Henrik Hilde Ida Iben Inger Inga Ivar
    Jannie Jens Jeppe Jesper Jette Johanne Josefine Jytte Kamilla Karl Karsten Katrine Keld Kirsten Kurt Lars
    Laura Leila Leo Line Lis Lisbet Liv Lotte Ludvig Magda Maja Malene Malik Marius Martin Mathilde Merete Mia
    Mikkel Mina Mogens Nadia Nanna Niels Nikolaj Nina Ole Olga Oluf Omar Otto Palle Pernille Per Pia Poul Preben
    Rana Rasmus Regitze Rikke Rolf Rune Ruth Sara Selma Silje Sofus Solveig Stig Stine Svend Tage Tanja Thea
    Tilde Tina Tobias Torben Tove Trine Troels Ulf Ulla Vagn Valdemar Vera Vibeke Viggo Viktor Villads Vita
    Yasmin Yrsa
""".split()  # noqa: SIM905  (a list that one can read)

FAMILY = """
    Abild Agerskov Ahlmann Andkær Askov Bakkely Balle Bech Birkelund Bisgård Bjerre Blak Bloch Boel Bohn Boll
    Brandt Bredal Brix Brogård Bruun Bækgård Bøgh Dalby Dalsgård Damkær Degn Drost Due Dyrby Egeskov Elbæk Elkær
    Engholm Enghave Fabricius Falk Fallesen Fejerskov Fjord Foged Frandsen Frost Fynbo Gade Glad Gormsen Graae
    Gram Grønbæk Haagen Haldrup Hald Hammer Harboe Hassing Hauge Hede Hegelund Helt Hesselbo Hjorth Hoff Holck
    Holmgård Hove Hummel Husum Høeg Højbjerg Ibsgård Ipsen Iversby Juhl Juul Kahr Kamp Kehlet Kirkeby Kjær Klit
    Kloster Knap Kofoed Koldby Krag Kring Krogh Kvist Kær Ladegård Langhoff Lerche Lindholt Ljung Lodal Lyng
    Lykke Lysgård Marker Meldgård Mose Munk Mølby Nissum Nybo Nygård Nørby Odgård Okholm Overby Pallesgård Parbo
    Porse Prip Ravn Refslund Riber Riis Rode Rosenlund Rytter Rø Sand Schou Sejr Sevel Skaarup Skjold Skovgård
    Skytte Smedegård Sode Spang Stald Stenild Stokholm Storgård Strand Svane Sylvest Søby Søgård Tange Thorup
    Thyge Tolstrup Tornby Tranberg Trier Tved Ulvedal Ussing Vad Vang Vestergård Vinter Vittrup Vium Voldby
    Warming Winkel Yde Ærø Ørnbjerg Østby Ågård
""".split()  # noqa: SIM905  (a list that one can read)

# Languages of those who read another than Danish, with their rough share among them.
LANGUAGES = ("en", "en", "pl", "pl", "uk", "ar", "tr", "so", "fa")


@dataclass(frozen=True)
class Trade:
    """What an afdeling runs: its workplaces, their units and jobs, and how its people are reached and feel."""

    department: str
    weight: float
    workplaces: tuple[str, ...]  # {} takes a place name
    teams: tuple[str, ...]
    titles: tuple[str, ...]
    without_email: float
    kind: str  # "care", "school", "office" or "outdoor": what the answers look like
    rooms: tuple[str, ...]


TRADES = (
    Trade(
        "Sundhed & Ældre",
        0.34,
        ("Plejehjemmet {}", "Hjemmeplejen {}", "Sygeplejen {}", "Bostedet {}", "Genoptræningen {}", "Dagcentret {}"),
        (
            "Afsnit Øst",
            "Afsnit Vest",
            "Afsnit Nord",
            "Afsnit Syd",
            "Køkkenet",
            "Natholdet",
            "Aftenholdet",
            "Team Blå",
            "Team Grøn",
            "Rehabilitering",
            "Demensafsnittet",
            "Aktivitet og frivillige",
            "Rengøring og vask",
            "Akutteamet",
        ),
        (
            "Social- og sundhedsassistent",
            "Social- og sundhedshjælper",
            "Sygeplejerske",
            "Ergoterapeut",
            "Køkkenassistent",
        ),
        0.29,
        "care",
        ("Personalerum", "Dagligstuen", "Bad 1", "Bad 2", "Medicinrummet", "Køkkenet", "Skyllerum", "Vagtstuen"),
    ),
    Trade(
        "Økonomi, HR & Borgerservice",
        0.08,
        (
            "HR og Personale",
            "Økonomi",
            "Borgerservice",
            "Digitalisering og IT",
            "Byrådssekretariatet",
            "Ydelse",
            "Indkøb {}",
        ),
        (
            "Løn og personalejura",
            "Arbejdsmiljø og udvikling",
            "Regnskab",
            "Budget og analyse",
            "Frontteamet",
            "Support",
            "Drift",
            "Udvikling",
            "Pas og kørekort",
            "Kontrolteamet",
        ),
        ("Konsulent", "Sagsbehandler", "Kontorassistent", "Økonom", "IT-medarbejder", "Jurist"),
        0.0,
        "office",
        ("Mødelokale 1", "Mødelokale 2", "Storrummet", "Kantinen", "Receptionen"),
    ),
    Trade(
        "Skole & Ungdom",
        0.22,
        ("{} Skole", "{}skolen", "Ungdomsskolen {}", "PPR {}", "Specialskolen {}"),
        (
            "Indskolingen",
            "Mellemtrinnet",
            "Udskolingen",
            "SFO",
            "Specialklasserne",
            "Modtageklasserne",
            "Team Natur",
            "Team Sprog",
            "Teknisk service",
            "Kontoret",
            "Ressourcecentret",
        ),
        ("Lærer", "Pædagog", "Børnehaveklasseleder", "Psykolog", "Teknisk servicemedarbejder", "Skolesekretær"),
        0.06,
        "school",
        ("Lærerværelset", "Fysiklokalet", "Hallen", "Lokale 12", "Lokale 21", "Værkstedet", "SFO-køkkenet"),
    ),
    Trade(
        "Børn & Familie",
        0.22,
        (
            "Børnehuset {}",
            "Vuggestuen {}",
            "Dagplejen {}",
            "Familiehuset {}",
            "Sundhedsplejen {}",
            "Naturbørnehaven {}",
        ),
        (
            "Stue Rød",
            "Stue Gul",
            "Stue Grøn",
            "Vuggestuen",
            "Børnehaven",
            "Køkkenet",
            "Skovgruppen",
            "Team Kyst",
            "Team By",
            "Rådgivningen",
            "Modtagelsen",
            "Legestuen",
        ),
        ("Pædagog", "Pædagogmedhjælper", "Dagplejer", "Socialrådgiver", "Sundhedsplejerske", "Køkkenassistent"),
        0.34,
        "care",
        ("Personalerum", "Garderoben", "Stue 1", "Stue 2", "Køkkenet", "Puslerummet", "Legepladsen"),
    ),
    Trade(
        "Kultur, Fritid & Ejendomme",
        0.07,
        ("Biblioteket {}", "{} Svømmehal", "Idrætsanlægget {}", "Rengøringen {}", "Musikskolen {}", "{} Museum"),
        (
            "Formidlingen",
            "Udlånet",
            "Badevagterne",
            "Driften",
            "Bygningsteamet",
            "Rengøring Nord",
            "Rengøring Syd",
            "Undervisningen",
        ),
        ("Bibliotekar", "Livredder", "Ejendomsmester", "Rengøringsassistent", "Musiklærer", "Formidler"),
        0.34,
        "outdoor",
        ("Personalerum", "Depotet", "Salen", "Kælderen", "Omklædningen"),
    ),
    Trade(
        "Plan, Teknik & Miljø",
        0.07,
        ("Vej og Park {}", "Genbrugspladsen {}", "Byggesag", "Natur og Miljø", "Plan og By", "Beredskabet {}"),
        ("Park", "Vej", "Maskinholdet", "Pladsen", "Byggesagerne", "Vandløb", "Lokalplaner", "Tilsyn", "Værkstedet"),
        ("Gartner", "Vejarbejder", "Ingeniør", "Miljømedarbejder", "Byplanlægger", "Mekaniker"),
        0.38,
        "outdoor",
        ("Mandskabsrummet", "Værkstedet", "Kontoret", "Vaskehallen", "Saltladen"),
    ),
)

PLACES = """
    Solbakken Åløkke Egelund Strandby Møllehøj Kildevang Rosengård Fjordglimt Lyngbakken Skovbo Tranekær
    Hedelund Bøgely Nørrevang Søndermark Østervig Vesterlund Højvang Engdraget Kirkehøj Havneby Mosely Stensager
    Lindely Poppelvang Ravnkilde Svanesø Thorsager Ulkebøl Vibevang Ærtebjerg Ørnedal Åkanden Bakkegård Damgård
    Elverhøj Flintholm Granvang Hasselhøj Ibsø Jernved Kløvervang Lærkereden Månebakken Nattergalen Odinshøj
    Pilegård Rugvang Syrenhøj Toftegård Uglebo Valmuen Birkelunden Ellehøj Fasanvang Gyvelbakken Hvedemark
    Kornblomsten Mågevang Perlen
""".split()  # noqa: SIM905  (a list that one can read)


class Names:
    """Draws people's and places' names; an e-mail address and the name of a workplace only once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._addresses: set[str] = set()
        self._workplaces: set[str] = set()

    def person(self) -> str:
        middle = f" {self.rng.choice(FAMILY)}" if self.rng.random() < 0.15 else ""
        return f"{self.rng.choice(GIVEN)}{middle} {self.rng.choice(FAMILY)}"

    def address(self, name: str) -> str:
        """A work e-mail: first and last name, numbered when somebody has it already."""
        words = _plain(name).split()
        stem, address, number = f"{words[0]}.{words[-1]}", "", 1
        while not address or address in self._addresses:
            address = f"{stem}{number if number > 1 else ''}@lindevig.example"
            number += 1
        self._addresses.add(address)
        return address

    def workplace(self, trade: Trade) -> str:
        for attempt in range(200):
            name = self.rng.choice(trade.workplaces).format(self.rng.choice(PLACES))
            if attempt >= 100:
                name += f" {self.rng.randint(2, 60)}"
            if name not in self._workplaces:
                break
        else:
            name = f"{name} {len(self._workplaces)}"
        self._workplaces.add(name)
        return name

    def teams(self, trade: Trade, count: int) -> list[str]:
        """Different names for the units of one workplace."""
        drawn = self.rng.sample(trade.teams, min(count, len(trade.teams)))
        return drawn + [f"Team {number}" for number in range(1, count - len(drawn) + 1)]


def _plain(name: str) -> str:
    """Small letters that every mail server knows."""
    name = name.lower()
    for letter, plain in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        name = name.replace(letter, plain)
    return name

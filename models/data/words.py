"""Every word of the tiny world. Women and men alternate in the lists of names."""


def several(words: str) -> tuple[str, ...]:
    return tuple(words.split())


RESIDENTS = several(  # people with fixed homes, jobs, pets and friends
    "Mia Tom Zoe Max Eva Leo Ivy Sam Amy Dan Kit Rex Una Gus Nora Hugo Lena Otto Rosa Emil Clara Felix Greta Oscar "
    "Alma Bruno Iris Jonas Lucy Simon Elsa Peter Anna Paul Maria Karl Julia David Sara Adam Helen Mark Laura Victor "
    "Emma Henry Olga Frank"
)
GUESTS = several(  # people of whom only the text itself can tell
    "Ada Ben Cleo Dirk Edda Finn Gina Hans Ines Jack Kaya Lars Mona Nils Oda Pete Ruth Sven Tess Uwe Vera Will Yara "
    "Zack"
)
CITIES = several(
    "Lund Oslo Rome Paris Bern Turin Delhi Lima Cairo Kyoto Quito Accra Dakar Hanoi Seoul Milan Porto Riga Bonn Graz "
    "York Leeds Basel Lyon"
)
RIVERS = several("Arno Elbe Oder Nile Volta Tyne Rhine Loire")
LANDS = ("Norland", "Eastland", "Sudland", "Westland")
JOBS = several(
    "baker pilot nurse judge clerk tailor miner farmer singer painter teacher doctor sailor writer cook guard"
)
ANIMALS = several("cat dog cow pig hen bear bee frog goat duck crab bird")
OBJECTS = several("key map ball book lamp coin cup hat drum knife rope stone letter box pen flag")
PLACES = several("kitchen garden cellar attic park hall school shop barn tower office market")
COLOURS = several("red blue green white black brown pink grey")
NONCE = several(  # words without a meaning until a text gives them one
    "blick dax wug zup fep gip lorp mib nax pog quib rud siv tiv vim yop zog kaf hep jum bly dorn glim snaf"
)
OPPOSITES = (
    ("big", "small"), ("old", "young"), ("quick", "slow"), ("warm", "cold"), ("good", "bad"), ("long", "short"),
    ("left", "right"), ("up", "down"), ("rich", "poor"), ("wet", "dry"), ("day", "night"), ("hot", "cool"),
)  # fmt: skip
SYNONYMS = (
    ("a", "one"), ("the", "that"), ("big", "large"), ("small", "tiny"), ("glad", "happy"), ("quick", "fast"),
    ("child", "kid"), ("boss", "chief"), ("thief", "robber"), ("guest", "visitor"),
    ("sees", "spots"), ("helps", "aids"), ("follows", "trails"), ("likes", "enjoys"),
)  # fmt: skip
DIGITS = tuple("0123456789")


def plural(noun: str) -> str:
    return f"{noun}s"


def pronoun(name: str) -> str:
    names = RESIDENTS if name in RESIDENTS else GUESTS
    return "she" if names.index(name) % 2 == 0 else "he"

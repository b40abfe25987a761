"""Every word of the tiny world. Women and men alternate in the lists of names."""

RESIDENTS = tuple(  # people with fixed homes, jobs, pets and friends
    "Mia Tom Zoe Max Eva Leo Ivy Sam Amy Dan Kit Rex Una Gus Nora Hugo Lena Otto Rosa Emil Clara Felix Greta Oscar "
    "Alma Bruno Iris Jonas Lucy Simon Elsa Peter Anna Paul Maria Karl Julia David Sara Adam Helen Mark Laura Victor "
    "Emma Henry Olga Frank".split()
)
GUESTS = tuple(  # people of whom only the text itself can tell
    "Ada Ben Cleo Dirk Edda Finn Gina Hans Ines Jack Kaya Lars Mona Nils Oda Pete Ruth Sven Tess Uwe Vera Will Yara "
    "Zack".split()
)
CITIES = tuple(
    "Lund Oslo Rome Paris Bern Turin Delhi Lima Cairo Kyoto Quito Accra Dakar Hanoi Seoul Milan Porto Riga Bonn Graz "
    "York Leeds Basel Lyon".split()
)
RIVERS = tuple("Arno Elbe Oder Nile Volta Tyne Rhine Loire".split())
LANDS = ("Norland", "Eastland", "Sudland", "Westland")
JOBS = tuple(
    "baker pilot nurse judge clerk tailor miner farmer singer painter teacher doctor sailor writer cook guard".split()
)
ANIMALS = tuple("cat dog cow pig hen bear bee frog goat duck crab bird".split())
OBJECTS = tuple("key map ball book lamp coin cup hat drum knife rope stone letter box pen flag".split())
PLACES = tuple("kitchen garden cellar attic park hall school shop barn tower office market".split())
COLOURS = tuple("red blue green white black brown pink grey".split())
NONCE = tuple(  # words without a meaning until a text gives them one
    "blick dax wug zup fep gip lorp mib nax pog quib rud siv tiv vim yop zog kaf hep jum bly dorn glim snaf".split()
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
    return noun + ("es" if noun.endswith("x") else "s")


def is_woman(name: str) -> bool:
    names = RESIDENTS if name in RESIDENTS else GUESTS
    return names.index(name) % 2 == 0


def pronoun(name: str) -> str:
    return "she" if is_woman(name) else "he"

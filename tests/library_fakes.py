"""A library of documents that people added, with a reader that knows one word to a shape; own items that quote it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests_support import CORPUS

from corpus.add import Added, Details, Library, NotAdded, add_files
from corpus.assemble import assemble
from corpus.errors import ReadError
from corpus.extraction import Block, Extraction, Shape
from corpus.held import list_names, read_held
from corpus.library import load_library
from corpus.load import Corpus

SHAPES: dict[str, Shape] = {"#": "heading", "-": "list_item", "|": "table_row", "*": "footnote"}
POLICY = """# Cloudbeleid
Gezondheidsgegevens gaan alleen naar een cloud binnen de EER. Het college besluit.
- De CISO geeft vooraf advies.
# Uitzonderingen
Een bewerker mag niets zonder opdracht van de gemeente.
"""


def read_lines(path: Path) -> Extraction:
    """Read a heading, list item, row, footnote or paragraph from every line."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("broken"):
        raise ReadError(path.name, "broken", "the file is damaged; save it anew and add it again")
    blocks = []
    for line in filter(None, text.splitlines()):
        shape = SHAPES.get(line[0], "prose")
        blocks.append(
            Block(shape, line if shape == "prose" else line[1:].strip(), 1 if shape == "heading" else 0, 3)
        )
    return Extraction("text", tuple(blocks), hidden=2)


@dataclass
class Refreshed:
    """Remembers for which texts the index was made to fit."""

    digests: list[str] = field(default_factory=list)
    error: Exception | None = None
    forgotten: int = 0

    def __call__(self, corpus: Corpus, in_use: str) -> Callable[[], None]:
        if self.error:
            raise self.error
        self.digests.append(corpus.digest)
        return self._forget

    def _forget(self) -> None:
        self.forgotten += 1


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


def library(home: Path, refresh: Refreshed | None = None) -> Library:
    return Library(CORPUS, home, read_lines, refresh or Refreshed(), "2026-11-30")


def add(
    home: Path, *files: Path, details: Details | None = None, refresh: Refreshed | None = None
) -> tuple[tuple[Added, ...], tuple[NotAdded, ...]]:
    return add_files(library(home, refresh), [(file, details or Details()) for file in files], silent)


def write(folder: Path, name: str, text: str = POLICY) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


ITEMS = """[[list]]
id = "M"
topic = "own"
title.nl = "Eigen punten"
title.en = "Items of our own"
always = true

[[item]]
id = "M1"
title.nl = "Houd gezondheidsgegevens binnen de EER"
title.en = "Keep health data within the EEA"
paragraph = "{policy}"
quote = "Gezondheidsgegevens gaan alleen naar een cloud binnen de EER."
who = "both"
role = "ciso"
evidence.nl = "Een overeenkomst die de plaats van de gegevens noemt."
evidence.en = "An agreement that names where the data are."
applies_when = [{ "data.health" = "yes" }]
not_applicable_when = [{ "data.health" = "no" }]
tightens = ["S1", "D1"]

[[item]]
id = "M2"
title.nl = "Laat het college besluiten"
title.en = "Let the executive board decide"
paragraph = "ibd-cloud-2016/4-gemeentelijk-cloud-computing-beleid/2"
quote = "Uitbesteding is goedgekeurd"
who = "municipality"
role = "executive"
evidence.nl = "Een besluit van het college."
evidence.en = "A decision of the executive board."
tightens = ["P2"]

[[item]]
id = "M3"
title.nl = "Geef een bewerker een opdracht"
title.en = "Instruct the processor"
paragraph = "{exceptions}"
quote = "Een bewerker mag niets zonder opdracht van de gemeente."
who = "municipality"
role = "purchasing"
evidence.nl = "De opdracht."
evidence.en = "The instruction."
applies_when = [{ external = "yes", network = ["untrusted", "unknown"] }]
not_applicable_when = [{ external = "no" }]
"""


def write_items(home: Path, *changes: tuple[str, str]) -> Path:
    """Write three own items, two of which quote the policy that was added to `home`; `changes` are made in their text."""
    source = read_held(home, list_names(home)[0])
    paragraphs = assemble(source.source.id, "", "", source.extraction).paragraphs
    text = ITEMS.replace("{policy}", paragraphs[0].id).replace("{exceptions}", paragraphs[-1].id)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return write(home, "items.toml", text)


def library_with_items(folder: Path) -> Corpus:
    """Return the corpus with a policy that was added, and the three items of `write_items`."""
    home = folder / "home"
    add(
        home,
        write(folder / "mine", "Beleid 2026.txt"),
        details=Details("own", title="Cloudbeleid van Waterdam"),
    )
    write_items(home)
    return load_library(home)

"""Every fixed sentence that people read, Dutch and English (words.toml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from corpus.errors import DataError
from corpus.paragraph import Language
from corpus.toml import Table, read_toml

_FILE = Path(__file__).parent / "words.toml"


@dataclass(frozen=True, eq=False)
class Words:
    """The catalogue: key -> language -> sentence."""

    texts: Mapping[str, Mapping[Language, str]]

    def say(self, key: str, language: Language, values: Mapping[str, object] | None = None) -> str:
        """Return the sentence under `key` with its {places} filled in. Raises KeyError for an unknown key."""
        return self.texts[key][language].format_map(values or {})

    def join(self, parts: Iterable[str], language: Language) -> str:
        """Join parts as people do: 'a, b and c'."""
        *first, last = list(parts)
        return f"{', '.join(first)} {self.say('and', language)} {last}" if first else last


@cache
def read_words(file: Path = _FILE) -> Words:
    """Read the catalogue; a sentence in one language only, or with other places, is a DataError."""
    return Words(dict(_read(read_toml(file), "")))


def _read(table: Table, prefix: str) -> Iterable[tuple[str, Mapping[Language, str]]]:
    for key in table.keys():
        inner = table.table(key)
        if "nl" not in inner:
            yield from _read(inner, f"{prefix}{key}.")
            continue
        texts = table.languages(key)
        if _places(texts["nl"]) != _places(texts["en"]):
            raise DataError(table.file, f"{prefix}{key}", "the two languages have different {places}")
        yield f"{prefix}{key}", texts


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}

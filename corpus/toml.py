"""Reading TOML data strictly: every key must be known and of the right kind, every fault names its entry."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from corpus.errors import DataError
from corpus.paragraph import Language

LANGUAGES: tuple[Language, ...] = ("nl", "en")
_One = TypeVar("_One", bound=str)


class Table:
    """One table of a TOML file, read key by key; `done` refuses what nobody asked for."""

    def __init__(self, file: str, entry: str, values: Mapping[str, object]) -> None:
        self.file, self.entry, self._values = file, entry, values
        self._read: set[str] = set()

    def fault(self, fault: str) -> DataError:
        """Return the error for a fault in this entry."""
        return DataError(self.file, self.entry, fault)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """Return a non-empty text, or `default` where the key is absent."""
        value = self._get(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.fault(f"'{key}' must be a text")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.fault(f"'{key}' must be true or false")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number, or `default` where the key is absent."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault(f"'{key}' must be a whole number")
        return value

    def decimal(self, key: str) -> float:
        """Return a number with or without decimals."""
        value = self._get(key, None)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.fault(f"'{key}' must be a number")
        return float(value)

    def one_of(self, key: str, allowed: tuple[_One, ...]) -> _One:
        """Return a text that must be one of those allowed."""
        return self._one(key, self.text(key), allowed)

    def some_of(self, key: str, allowed: tuple[_One, ...]) -> tuple[_One, ...]:
        """Return a list of texts, each of which must be one of those allowed."""
        return tuple(self._one(key, text, allowed) for text in self.texts(key))

    def date(self, key: str) -> date:
        """Return a day, written without quotes: 2026-11-23."""
        value = self._get(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fault(f"'{key}' must be a date like 2026-11-23, without quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; an absent key is an empty list."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
            raise self.fault(f"'{key}' must be a list of texts")
        return tuple(value)

    def text_pair(self, key: str) -> tuple[str, str]:
        """Return a list of exactly two texts."""
        value = self.texts(key)
        if len(value) != 2:
            raise self.fault(f"'{key}' must hold two texts")
        return value[0], value[1]

    def pairs(self, key: str) -> list[tuple[object, object]]:
        """Return a list of two-element lists."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(
            isinstance(pair, list) and len(pair) == 2 for pair in value
        ):
            raise self.fault(f"'{key}' must be a list of pairs")
        return [(pair[0], pair[1]) for pair in value]

    def languages(self, key: str) -> dict[Language, str]:
        """Return a text in every language of the project."""
        inner = self.table(key)
        texts = {language: inner.text(language) for language in LANGUAGES}
        inner.done()
        return texts

    def text_lists(self, key: str) -> dict[Language, tuple[str, ...]]:
        """Return a list of texts in every language, as many in one as in the other."""
        inner = self.table(key)
        lists = {language: inner.texts(language) for language in LANGUAGES}
        inner.done()
        if len({len(texts) for texts in lists.values()}) > 1:
            raise self.fault(f"'{key}' has not as many texts in one language as in the other")
        return lists

    def table(self, key: str) -> "Table":
        """Return the table under `key`; an absent key is an empty table."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self.fault(f"'{key}' must be a table")
        return Table(self.file, f"{self.entry}.{key}" if self.entry else key, value)

    def tables(self, key: str, name: str = "id") -> Iterator["Table"]:
        """Yield the tables of the list under `key`, each named by its key `name`."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.fault(f"'{key}' must be a list of tables")
        for position, entry in enumerate(value, 1):
            place = f"{key} {entry.get(name, f'number {position}')}"
            yield Table(self.file, f"{self.entry}: {place}" if self.entry else place, entry)

    def keys(self) -> tuple[str, ...]:
        """Return the keys in the order of the file and count them as read."""
        self._read.update(self._values)
        return tuple(self._values)

    def value(self, key: str, default: object = None) -> object:
        """Return the bare value, for entries whose kind varies."""
        return self._get(key, default)

    def done(self) -> None:
        """Refuse keys that were never read."""
        if unknown := sorted(set(self._values) - self._read):
            raise self.fault(f"unknown key '{unknown[0]}'")

    def _one(self, key: str, text: str, allowed: tuple[_One, ...]) -> _One:
        for one in allowed:
            if one == text:
                return one
        raise self.fault(f"'{key}' is '{text}'; it must be one of {', '.join(allowed)}")

    def _get(self, key: str, default: object) -> object:
        self._read.add(key)
        value = self._values.get(key, default)
        if value is None:
            raise self.fault(f"'{key}' is missing")
        return value


def read_toml(path: Path) -> Table:
    """Read a TOML file; a missing, unreadable or broken file is a DataError naming it and the line."""
    try:
        return Table(path.name, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DataError(path.name, "the file", f"not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise DataError(path.name, "the file", f"not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise DataError(path.name, "the file", f"cannot be read: {error.strerror}") from error

"""On what authority we say something: an official citation, how sure it is, and when to look again."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlsplit

from corpus.toml import Table

Confidence = Literal["read_in_law", "other_sources", "not_checked"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)


@dataclass(frozen=True)
class Authority:
    """A citation with an official address, and who may still trust it: until `check_again`."""

    citation: str
    address: str
    confidence: Confidence
    checked_on: date
    check_again: date


def read_authority(entry: Table, official: tuple[str, ...]) -> Authority:
    """Read the keys of an authority from an entry. `official` are the hosts that an address may have."""
    address = entry.text("address")
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https" or not any(host == name or host.endswith(f".{name}") for name in official):
        raise entry.fault(
            f"'address' is not an official address: '{address}'; see 'official' in manifest.toml"
        )
    authority = Authority(
        entry.text("citation"),
        address,
        entry.one_of("confidence", CONFIDENCES),
        entry.date("checked_on"),
        entry.date("check_again"),
    )
    if authority.check_again <= authority.checked_on:
        raise entry.fault("'check_again' must be later than 'checked_on'")
    return authority

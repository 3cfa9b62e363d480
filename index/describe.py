"""Says what index there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.shelf import find_shelf


@dataclass(frozen=True)
class Description:
    """A generation: how many passages, versions of encoders and libraries by name, bytes by file."""

    generation: str
    corpus: str
    passages: int
    encoders: Mapping[str, str]
    versions: Mapping[str, str]
    sizes: Mapping[str, int]

    def __str__(self) -> str:
        encoders = ", ".join(f"{name} {version}" for name, version in self.encoders.items())
        megabytes = sum(self.sizes.values()) / 1_000_000
        return f"{self.generation}: {self.passages} passages, {encoders}, {megabytes:.1f} MB"


def read_description(folder: Path, database: str = "") -> Description:
    """Describe the current generation in `folder` or `database`, all of it checked. Raises as `read_generation`."""
    generation = find_shelf(folder, database).read()
    manifest = generation.manifest
    return Description(
        generation.name,
        manifest.corpus,
        manifest.passages,
        manifest.encoders,
        manifest.versions,
        {name: record.size for name, record in manifest.files.items()},
    )


def describe_index(folder: Path, database: str = "") -> str:
    """Describe the current generation in one line."""
    return str(read_description(folder, database))

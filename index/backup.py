"""A backup of the user folder in one file: one whole generation of the index, and everything that people made.

It is a tar archive: `user/` holds what people made, `index/` the generation and the vectors that are kept, and last comes
`SHA256SUMS`, as the command sha256sum writes it. It is right whatever else is running: a generation never changes,
what people made is replaced file by file, and every kept vector carries its own check.
"""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from index.embeddings import EMBEDDINGS
from index.errors import BackupFault
from index.generation import CURRENT, GENERATIONS, Generation
from index.store import LOCK, PARTIAL

_SUMS = "SHA256SUMS"
_OURS = {CURRENT, GENERATIONS, EMBEDDINGS, LOCK}
_CHUNK = 1 << 20


def write_backup(file: Path, user: Path, index: Path, generation: Generation | None) -> int:
    """Write a backup to `file`, which must not be there yet; return how many files it holds.

    `index` lies in the folder `user` or is that; without `generation` the index is left out. Raises BackupFault.
    """
    if file.resolve().is_relative_to(user.resolve()):
        raise BackupFault(file, "a backup inside the user folder would be lost with it")
    if file.exists():
        raise BackupFault(file, "there is such a file already")
    partial = file.with_name(f"{file.name}{PARTIAL}")
    sums: dict[str, str] = {}
    with _naming(file):
        try:
            with (
                partial.open("wb") as raw,
                tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                for name, path in _list(user, index):
                    _add(tar, name, path, sums)
                if generation is not None:
                    _add_index(tar, index, generation, sums)
                lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
                _add_bytes(tar, _SUMS, lines.encode(), {})
            with partial.open("rb") as whole:
                os.fsync(whole.fileno())
            partial.rename(file)
        finally:
            partial.unlink(missing_ok=True)
    return len(sums)


def restore_backup(file: Path, user: Path, index: Path) -> int:
    """Put a backup in the place of the user folder, which must be empty or absent; return how many files it held.

    The folder appears whole or not at all. Raises BackupFault.
    """
    new = user.with_name(f"{user.name}{PARTIAL}")
    with _naming(file):
        if user.exists() and any(user.iterdir()):
            raise BackupFault(user, "there is something in it; move it away first, so that nothing is lost")
        user.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            count = _unpack(file, {"user": new, "index": new / index.relative_to(user)})
            new.replace(user)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return count


def _list(user: Path, index: Path) -> Iterator[tuple[str, Path]]:
    """Yield what people made: its name in a backup, and where it is."""
    ours = {index / name for name in _OURS}
    for path in sorted(user.rglob("*")):
        is_file = path.is_file() and not path.is_symlink() and path.suffix != PARTIAL
        if is_file and not ours & {path, *path.parents}:
            yield f"user/{path.relative_to(user).as_posix()}", path


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _add_index(tar: tarfile.TarFile, index: Path, generation: Generation, sums: dict[str, str]) -> None:
    """Add the generation as it was read, though it may be gone by now, and the vectors that are kept."""
    for name, data in generation.files.items():
        _add_bytes(tar, f"index/{GENERATIONS}/{generation.name}/{name}", data, sums)
    _add_bytes(tar, f"index/{CURRENT}", generation.name.encode(), sums)
    for path in sorted((index / EMBEDDINGS).glob("*")):
        if path.suffix != PARTIAL:
            _add(tar, f"index/{EMBEDDINGS}/{path.name}", path, sums)


def _add(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, str]) -> None:
    """Add a file as long as it is now, even where it grows meanwhile."""
    with path.open("rb") as file:
        member, hashed = tarfile.TarInfo(name), _Hashed(file)
        member.size = os.fstat(file.fileno()).st_size
        tar.addfile(member, hashed)
    sums[name] = hashed.digest.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes | memoryview, sums: dict[str, str]) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
    sums[name] = hashlib.sha256(data).hexdigest()


def _unpack(file: Path, places: dict[str, Path]) -> int:
    found, sums = dict[str, str](), ""
    with tarfile.open(file, "r:") as tar:
        for member in tar:
            room, _, rest = member.name.partition("/")
            data = tar.extractfile(member)
            if (
                data is None
                or (room not in places and member.name != _SUMS)
                or ".." in PurePosixPath(rest).parts
            ):
                raise BackupFault(file, f"it holds {member.name!r}, which no backup does")
            if member.name == _SUMS:
                sums = data.read().decode()
                continue
            hashed, path = _Hashed(data), places[room] / rest
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                shutil.copyfileobj(hashed, out, _CHUNK)
                out.flush()
                os.fsync(out.fileno())
            found[member.name] = hashed.digest.hexdigest()
    if sums != "".join(f"{digest}  {name}\n" for name, digest in found.items()):
        raise BackupFault(file, "it was altered or is not whole")
    return len(found)


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, UnicodeDecodeError) as error:
        raise BackupFault(file, "it is no backup, or not whole") from error
    except OSError as error:
        raise BackupFault(error.filename or file, error.strerror or "it cannot be read or written") from error

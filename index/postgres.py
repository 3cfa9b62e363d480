"""Generations in a PostgreSQL database: each a schema of its own, written in one transaction and never changed.

wolkwijzer_1                the layout that this version reads; another layout is another schema
└── generation              number, name and manifest of each; the highest number is the current one
wolkwijzer_1_000002         a generation: passage, paragraph, file, and a table of vectors for each encoder

A build holds an advisory lock, and who reads a generation holds a shared one on its number: so none is removed as long
as it is used. The manifest holds the sha256 of every file, and of the passages and vectors as they are read.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from functools import partial
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.database import Session
from index.dense import VectorStore
from index.embeddings import Embedded
from index.engines import to_unit
from index.errors import IndexBusy, IndexDamaged, IndexForeign, IndexMissing, IndexStale
from index.generation import (
    MANIFEST,
    PASSAGES,
    FileRecord,
    Generation,
    Manifest,
    check_manifest,
    read_fitting,
)
from index.passage import Passage, passages_to_json
from index.pgvectors import DatabaseVectorStore, has_no_graph
from index.shelf import Begin
from index.store import Write, building

HOME = "wolkwijzer_1"
LOCKS = (
    0x77_6F_6C_6B  # ours among the advisory locks of a database; 0 is that of a build, n that of generation n
)
_SUMS = ".sha256"  # of the vectors of a table: the file that stands for them in the manifest
_PART = 8 << 20  # bytes of a file in one row
_AT_ONCE = 4096

_HOME = """
CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
CREATE SCHEMA IF NOT EXISTS {};
CREATE TABLE IF NOT EXISTS {}.generation (
    number integer PRIMARY KEY, name text NOT NULL UNIQUE, manifest bytea NOT NULL
);
CREATE OR REPLACE FUNCTION {}.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'a generation of the index never changes; run: wolkwijzer index build'; END $$
"""
_GENERATION = """
CREATE TABLE passage (
    row integer PRIMARY KEY,
    id text NOT NULL UNIQUE,
    paragraph text NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    is_added boolean NOT NULL
);
CREATE VIEW paragraph AS SELECT paragraph AS id, text FROM passage WHERE kind = 'plain';
CREATE TABLE file (name text, part integer, data bytea NOT NULL, PRIMARY KEY (name, part));
"""
# Kept in the rows, though long: reading them from elsewhere takes several times as long.
_VECTORS = """
CREATE TABLE {} (
    row integer PRIMARY KEY, passage text NOT NULL REFERENCES passage (id), embedding vector(DIMENSION) NOT NULL
);
ALTER TABLE {} ALTER COLUMN embedding SET STORAGE MAIN
"""
_GRAPH = "SET LOCAL maintenance_work_mem = '512MB'; CREATE INDEX ON {} USING hnsw (embedding vector_ip_ops)"
_NEWEST = "SELECT name FROM {}.generation ORDER BY number DESC LIMIT 1"
_ALL = "SELECT number, name, manifest FROM {}.generation ORDER BY number DESC"
_FIXED = """
ANALYZE {};
CREATE TRIGGER fixed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {} EXECUTE FUNCTION {}.refuse()
"""


class _Row(NamedTuple):
    """A generation as the table of them has it."""

    number: int
    name: str
    manifest: bytes


class DatabaseShelf:
    """Generations in the database of an address. `folder` is where this machine keeps its embeddings."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder = address, folder
        self._session = Session(address)

    def current(self) -> str | None:
        """Return the name of the newest generation, None where there is none. Raises IndexUnreachable."""
        try:
            rows = self._session.run(_NEWEST, names=(HOME,))
        except IndexMissing:
            return None
        return str(rows[0][0]) if rows else None

    def read(self, corpus_digest: str | None = None) -> Generation:
        """Read a generation whole, as `read_generation` does; as long as it is used, it is not removed."""
        session = Session(self._address)
        while True:
            rows = _list(session)
            if not rows:
                raise IndexMissing(session.place, "there is no index in it yet")
            named = {row.name: row for row in rows}
            read_manifest = partial(_read_manifest, session, named)
            read_files = partial(_read_files, session, named)
            try:
                if corpus_digest is None:
                    return read_files(rows[0].name, read_manifest(rows[0].name))
                return read_fitting(session.place, list(named), corpus_digest, read_manifest, read_files)
            except (IndexDamaged, IndexForeign, IndexStale):
                # It may have been replaced and removed before it was held.
                if _list(session) == rows:
                    raise

    def forget_older(self) -> None:
        """Remove every generation but the current one; one that a process still uses goes with the next build."""
        with self.building():
            session = Session(self._address, lasts=False)
            with session.transaction():
                session.use(HOME)
                for row in _list(session)[1:]:
                    _remove(session, row.number)
            session.close()

    @contextmanager
    def building(self) -> Iterator[Begin]:
        """Hold the database, and the folder's embeddings, for one build. Raises IndexBusy and IndexUnreachable."""
        session = Session(self._address, lasts=False)
        with building(self._folder):
            if not session.run("SELECT pg_try_advisory_lock(%s::int, 0)", LOCKS)[0][0]:
                raise IndexBusy(session.place, "another process is building the index")
            try:
                yield partial(_new, session)
            finally:
                session.close()


@contextmanager
def _new(session: Session) -> Iterator["NewInDatabase"]:
    """Begin a generation. What is written is there once the block has ended, and nothing of it if that failed."""
    with session.transaction():
        session.script(_HOME, (HOME, HOME, HOME))
        number = 1 + max((one.number for one in _list(session)), default=0)
        session.script("CREATE SCHEMA {}", (_schema(number),))
        session.use(_schema(number), HOME)
        session.script(_GENERATION, ())
        yield NewInDatabase(session, number)


class NewInDatabase:
    """A generation that is being written; `files` tells what has been. Nobody reads it before the transaction ends."""

    def __init__(self, session: Session, number: int) -> None:
        self._session, self._number = session, number
        self._tables = ["passage", "file"]
        self.files: dict[str, FileRecord] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[Write]:
        """Write a file in as many parts as its maker likes."""
        digest, size, count, waiting = hashlib.sha256(), 0, 0, bytearray()

        def flush(most: int) -> None:
            nonlocal count
            while len(waiting) > most:
                values = (name, count, bytes(waiting[:_PART]))
                self._session.run("INSERT INTO file VALUES (%s, %s, %s)", *values)
                count += 1
                del waiting[:_PART]

        def write(data: bytes | memoryview) -> int:
            nonlocal size
            digest.update(data)
            size += memoryview(data).nbytes
            waiting.extend(data)
            flush(_PART)
            return memoryview(data).nbytes

        yield write
        flush(0)
        self.files[name] = FileRecord(sha256=digest.hexdigest(), size=size)

    def write_passages(self, passages: Sequence[Passage]) -> None:
        """Write the passages as rows; their digest is that of the file that they make."""
        rows = ((row, *astuple(one)) for row, one in enumerate(passages))
        self._session.copy("passage", ("int4", *["text"] * 5, "bool"), rows)
        self._note(PASSAGES, passages_to_json(passages))

    def write_vectors(self, name: str, passages: Sequence[Passage], vectors: Embedded) -> None:
        """Write vectors (passages, dimension), brought to length one, to a table of their own."""
        table, dimension = _table(name), vectors.dimension
        self._session.script(_VECTORS.replace("DIMENSION", str(dimension)), (table, table))
        numbered = enumerate(zip(passages, _units(vectors), strict=True))
        self._session.copy(
            table, ("int4", "text", "vector"), ((row, one.id, unit) for row, (one, unit) in numbered)
        )
        if not has_no_graph(len(passages), dimension):
            self._session.script(_GRAPH, (table,))
        self._tables.append(table)
        self._note(f"{name}{_SUMS}", [_read_digests(self._session, table)])

    def publish(self, manifest: Manifest, in_use: str) -> str:
        """Make this the current generation once the block has ended, and return its name.

        The one before it is kept, the newest one made from the text `in_use`, and those that somebody uses.
        """
        record = manifest.model_dump_json(indent=1).encode()
        name = f"{self._number:06d}-{hashlib.sha256(record).hexdigest()[:16]}"
        older = _list(self._session)
        for table in self._tables:
            self._session.script(_FIXED, (table, table, HOME))
        self._session.run("INSERT INTO generation VALUES (%s, %s, %s)", self._number, name, record)
        serving = next((row for row in older if _is_of(row, in_use)), None)
        for row in older[1:]:
            if row != serving:
                _remove(self._session, row.number)
        return name

    def _note(self, name: str, parts: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        for part in parts:
            digest.update(part)
            size += len(part)
        self.files[name] = FileRecord(sha256=digest.hexdigest(), size=size)


def _remove(session: Session, number: int) -> None:
    """Remove a generation that nobody uses."""
    if session.run("SELECT pg_try_advisory_xact_lock(%s::int, %s::int)", LOCKS, number)[0][0]:
        session.script("DROP SCHEMA IF EXISTS {} CASCADE", (_schema(number),))
        session.run("DELETE FROM generation WHERE number = %s", number)


def _schema(number: int) -> str:
    return f"{HOME}_{number:06d}"


def _list(session: Session) -> list[_Row]:
    """Return every generation, the newest first. Raises IndexMissing."""
    return [_Row(*row) for row in session.run(_ALL, names=(HOME,))]


def _is_of(row: _Row, corpus_digest: str) -> bool:
    """Tell whether a generation was made from a text; of one that cannot be read nobody knows, and it cannot serve."""
    try:
        return check_manifest(PurePath(MANIFEST), row.name, row.manifest).corpus == corpus_digest
    except (IndexDamaged, IndexForeign):
        return False


def _read_manifest(session: Session, named: Mapping[str, _Row], name: str) -> Manifest:
    return check_manifest(session.place / name / MANIFEST, name, named[name].manifest)


def _read_files(session: Session, named: Mapping[str, _Row], name: str, manifest: Manifest) -> Generation:
    place, number = session.place / name, named[name].number
    session.hold(LOCKS, number)
    session.use(_schema(number), HOME)
    files = {MANIFEST: memoryview(named[name].manifest)}
    for file, must in manifest.files.items():
        try:
            data = _read_file(session, file)
        except IndexMissing as error:
            raise IndexDamaged(place / file, "it is missing") from error
        if len(data) != must.size or hashlib.sha256(data).hexdigest() != must.sha256:
            raise IndexDamaged(place / file, "it was altered")
        files[file] = memoryview(data)
    return Generation(name, place, manifest, files, partial(_open_vectors, session, files))


def _read_file(session: Session, name: str) -> bytes:
    """Return a file, or what stands for the rows of a table."""
    if name == PASSAGES:
        rows = session.run("SELECT id, paragraph, kind, language, text, is_added FROM passage ORDER BY row")
        return b"".join(passages_to_json(Passage(*row) for row in rows))
    if name.endswith(_SUMS):
        return _read_digests(session, _table(name.removesuffix(_SUMS)))
    parts = session.run("SELECT data FROM file WHERE name = %s ORDER BY part", name)
    return b"".join(data for (data,) in parts)


def _read_digests(session: Session, table: str) -> bytes:
    """Return the sha256 of every vector in a table, in the order of the rows."""
    rows = session.run("SELECT sha256(vector_send(embedding)) FROM {} ORDER BY row", names=(table,))
    return b"".join(digest for (digest,) in rows)


def _open_vectors(
    session: Session,
    files: Mapping[str, memoryview],
    name: str,
    ids: Sequence[str],
    documents: Sequence[str],
) -> VectorStore:
    return DatabaseVectorStore(session, _table(name), ids, documents, bytes(files[f"{name}{_SUMS}"]))


def _table(name: str) -> str:
    """Return the table of the vectors of this name."""
    return name.replace("-", "_")


def _units(vectors: Embedded) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(vectors), _AT_ONCE):
        yield from to_unit(vectors[start : start + _AT_ONCE])

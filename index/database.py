"""The seam to psycopg and pgvector: one connection to a PostgreSQL database, and what its faults mean.

No address is ever shown, as it may hold a password: messages name host and database only.
"""

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath

from index.errors import IndexDamaged, IndexFault, IndexMissing, IndexUnreachable, IndexUnwritable

try:
    import psycopg
    from pgvector.psycopg import register_vector
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
    from psycopg.rows import TupleRow
    from psycopg.sql import SQL, Identifier
except ImportError as missing:
    raise IndexUnreachable(
        "database", "its driver is not installed; run: pip install 'wolkwijzer[postgres]'"
    ) from missing

Row = TupleRow
OLDEST_SERVER = 13  # sha256(), trusted extensions; pgvector itself supports no older one
OLDEST_VECTOR = (0, 5)  # hnsw
CANDIDATES = 1000  # of a graph; the most that pgvector allows
# A host that is gone must not keep a question waiting for minutes.
_PATIENCE = {"connect_timeout": "5", "tcp_user_timeout": "10000", "application_name": "wolkwijzer"}
# One query at a time, in a server that others share: compiling it, or starting workers for it, takes longer.
# A graph gives no more than the candidates that it looks at.
_SETTINGS = """
SELECT set_config('jit', 'off', false), set_config('max_parallel_workers_per_gather', '0', false),
    set_config('hnsw.ef_search', %s, false)
"""
_EXTENSION = (
    "SELECT nspname, extversion FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace "
    "WHERE extname = 'vector'"
)


class Session:
    """A connection that is made when it is needed, and made again when it was lost; threads take turns.

    It is closed once nothing refers to the session any more. Every method may raise IndexUnreachable; IndexMissing
    where a table is not there, IndexUnwritable where there is no room or no right, and IndexDamaged for what else the
    database cannot do.
    """

    def __init__(self, address: str, *, lasts: bool = True) -> None:
        """One that does not last is not made again: what it had locked would be free meanwhile."""
        self._parameters, self._lasts = _read_address(address), lasts
        host, port = (self._parameters.get(key, "") for key in ("host", "port"))
        place = f"{host or 'localhost'}{':' if port else ''}{port}"
        self.place = PurePosixPath(place, self._parameters.get("dbname", ""))
        self._lock = threading.RLock()
        self._connection: psycopg.Connection[Row] | None = None
        self._close: Callable[[], object] | None = None
        self._schemas: tuple[str, ...] = ()
        self._held: tuple[int, int] | None = None

    def run(self, query: str, *values: object, names: Sequence[str] = ()) -> list[Row]:
        """Run one statement and return its rows; `names` are put in its {}. A lost connection is made anew, once."""
        with self._lock, self._saying():
            was_there = self._connection is not None
            try:
                return self._run(query, values, names)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if not (was_there and self._lasts and self._is_lost()):
                    raise
            return self._run(query, values, names)

    def script(self, query: str, names: Sequence[str]) -> None:
        """Run statements without values that return nothing."""
        with self._lock, self._saying():
            self._connect().execute(SQL(query).format(*map(Identifier, names)))

    def copy(self, table: str, types: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Copy rows into a table; `types` are those of its columns."""
        with self._lock, self._saying(), self._connect().cursor() as cursor:
            statement = SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(Identifier(table))
            with cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)

    def use(self, *schemas: str) -> None:
        """Look for tables in these schemas, now and on each new connection."""
        with self._lock, self._saying():
            self._schemas = schemas
            self._set_path(self._connect())

    def hold(self, kind: int, number: int) -> None:
        """Share the lock of this number, now and on each new connection, and no other any more."""
        with self._lock, self._saying():
            connection = self._connect()
            connection.execute("SELECT pg_advisory_unlock_all()")
            self._held = (kind, number)
            connection.execute("SELECT pg_advisory_lock_shared(%s::int, %s::int)", self._held)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything that is done within, or nothing."""
        with self._lock, self._saying(), self._connect().transaction():
            yield

    def close(self) -> None:
        """Close the connection, and with it free all that it holds."""
        if self._connection is not None and not self._connection.closed:
            # Said, not left to the end of the connection, which the server notices a little later.
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
        if self._close is not None:
            self._close()

    def _run(self, query: str, values: Sequence[object], names: Sequence[str]) -> list[Row]:
        with self._connect().cursor(binary=True) as cursor:
            cursor.execute(
                SQL(query).format(*map(Identifier, names)) if names else SQL(query), values or None
            )
            return cursor.fetchall() if cursor.description else []

    def _connect(self) -> "psycopg.Connection[Row]":
        if self._connection is not None and not (self._lasts and self._is_lost()):
            return self._connection
        connection = psycopg.connect(make_conninfo(**{**_PATIENCE, **self._parameters}), autocommit=True)
        self.close()
        self._connection, self._close = connection, weakref.finalize(self, connection.close)
        found = connection.info.server_version // 10_000
        if found < OLDEST_SERVER:
            raise IndexUnreachable(
                self.place, f"PostgreSQL {found} is too old, it takes {OLDEST_SERVER} or newer"
            )
        connection.execute(_SETTINGS, [str(CANDIDATES)])
        self._set_path(connection)
        if self._held:
            connection.execute("SELECT pg_advisory_lock_shared(%s::int, %s::int)", self._held)
        return connection

    def _set_path(self, connection: "psycopg.Connection[Row]") -> None:
        extension = connection.execute(_EXTENSION).fetchone()
        schemas = (*self._schemas, *(extension[:1] if extension else ()))
        path = SQL(", ").join(map(Identifier, schemas)) if schemas else SQL("''")
        connection.execute(SQL("SET search_path TO {}").format(path))
        if extension:
            if tuple(map(int, extension[1].split(".")[:2])) < OLDEST_VECTOR:
                oldest = ".".join(map(str, OLDEST_VECTOR))
                raise IndexUnreachable(
                    self.place, f"pgvector {extension[1]} is too old, it takes {oldest} or newer"
                )
            register_vector(connection)

    def _is_lost(self) -> bool:
        return self._connection is not None and self._connection.closed

    @contextmanager
    def _saying(self) -> Iterator[None]:
        """Say what a fault of the database means here."""
        try:
            yield
        except psycopg.Error as error:
            raise self._name(error) from None  # its own text may hold more than it should

    def _name(self, error: "psycopg.Error") -> IndexFault:
        detail = self._say(error)
        if isinstance(error, psycopg.errors.UndefinedTable):
            return IndexMissing(self.place, "there is no index in it yet")
        if isinstance(error, psycopg.errors.FeatureNotSupported | psycopg.errors.UndefinedFile):
            return IndexUnreachable(self.place, f"{detail}; pgvector must be installed beside PostgreSQL")
        if isinstance(
            error,
            psycopg.errors.DiskFull
            | psycopg.errors.InsufficientPrivilege
            | psycopg.errors.ReadOnlySqlTransaction,
        ):
            return IndexUnwritable(self.place, detail)
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return IndexUnreachable(self.place, detail)
        return IndexDamaged(self.place, detail)

    def _say(self, error: "psycopg.Error") -> str:
        """Return the last line of what the server or its driver says, without the password."""
        text = error.diag.message_primary or str(error)
        line = next(
            (line.strip() for line in reversed(text.splitlines()) if line.strip()), "it does not answer"
        )
        password = self._parameters.get("password", "")
        return line.replace(password, "...") if password else line


def _read_address(address: str) -> dict[str, str]:
    """Return the parts of an address. Raises IndexUnreachable, without a word of it, where it is none."""
    try:
        parts = {key: str(part) for key, part in conninfo_to_dict(address).items() if part is not None}
    except psycopg.ProgrammingError:
        parts = {"host": "@"}
    host, port, name = (parts.get(key, "") for key in ("host", "port", "dbname"))
    # Where a password has an @ or / of its own, a part of it is taken for the host, the port or the name.
    if "@" in host + name or (port and not port.replace(",", "0").isdecimal()):
        raise IndexUnreachable(
            "database",
            "what the settings hold is no address; write it like postgresql://user@host/name, and in a password "
            "%40 for @, %2F for / and %3A for :",
        )
    return parts

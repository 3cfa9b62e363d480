"""What can go wrong with the index.

IndexFault
├── IndexMissing      there is no index yet
├── IndexDamaged      a file is missing, altered or unreadable
├── IndexStale        made from another text, with other settings or with another encoder
├── IndexForeign      made by another version of Wolkwijzer
├── IndexBusy         another process is building
├── IndexBuilding     it is being built in the background
├── IndexUnwritable   no room or no right to write
├── IndexUnreachable  the database with the index does not answer, or cannot be used
├── EncoderMissing    an encoder named in the settings cannot be loaded
└── BackupFault       a backup cannot be written or restored
"""

from pathlib import PurePath

_BUILD = "run: wolkwijzer index build"


class IndexFault(Exception):
    """The index cannot serve or be built. One line: the file, what is wrong with it, what to do.

    `code` names the fault for the surface that translates it.
    """

    code = "damaged"
    remedy = _BUILD

    def __init__(self, file: PurePath | str, detail: str) -> None:
        super().__init__(f"{file}: {detail}; {self.remedy}")
        self.file, self.detail = str(file), detail


class IndexMissing(IndexFault):
    """There is no index yet."""

    code = "missing"


class IndexDamaged(IndexFault):
    """A file of the index is missing, altered or unreadable."""


class IndexStale(IndexFault):
    """The index was made from another text, with other settings or with another encoder."""

    code = "stale"


class IndexForeign(IndexFault):
    """The index was made by another version of Wolkwijzer."""

    code = "foreign"


class IndexBusy(IndexFault):
    """Another process is building the index."""

    code = "busy"
    remedy = "wait until it is done, then run: wolkwijzer index status"


class IndexBuilding(IndexFault):
    """The index is being built in the background."""

    code = "building"
    remedy = "wait until it is done; whether it is, says: wolkwijzer index status"


class IndexUnwritable(IndexFault):
    """The index folder cannot be written to, or its disk is full."""

    code = "unwritable"
    remedy = "make room or give the right to write, or set WOLKWIJZER_HOME; then run: wolkwijzer index build"


class IndexUnreachable(IndexFault):
    """The database with the index does not answer, refuses, or is no database that can be used; `file` names it."""

    code = "unreachable"
    remedy = "see that PostgreSQL runs and that 'database' in the settings is right; then run: wolkwijzer index status"


class EncoderMissing(IndexFault):
    """An encoder cannot be loaded; `file` is its name."""

    code = "engine"
    remedy = "name another one under 'encoders' in the settings; then run: wolkwijzer index build"


class BackupFault(IndexFault):
    """A backup cannot be written, or cannot be restored; nothing was changed."""

    code = "backup"
    remedy = "put that right, then run the same command again; see: wolkwijzer index --help"

"""What can go wrong with the corpus.

CorpusError
├── DataError       an entry of a data file does not fit its documents or its own rules
├── DocumentError   a document cannot be read, or is not the one the manifest names
│   └── ChangeError a document cannot be added or removed; `reason` tells why
├── ReadError       a reader can make no text of a document; `reason` tells why
├── FetchError      a document cannot be fetched; `reason` tells why
├── FactError       a fact or a value that does not exist, or facts that contradict each other
└── SignOffError    a sign-off that cannot be written
"""


class CorpusError(Exception):
    """The corpus cannot be used as it stands; the message says where and what to do."""


class DataError(CorpusError):
    """An entry of a data file is wrong. The message names file, entry and fault."""

    def __init__(self, file: str, entry: str, fault: str) -> None:
        super().__init__(f"{file}: {entry}: {fault}")
        self.file, self.entry, self.fault = file, entry, fault


class DocumentError(CorpusError):
    """A document cannot be read or is not the one that was checked."""


class ChangeError(DocumentError):
    """A document that cannot be added or removed. `reason` is one of CHANGE_REASONS; the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


# Why a document that was read is not added, or one is not removed: no sentence in it can be quoted; it is here already;
# its name is that of a document of the project; own items quote it; it is gone; another process is changing the
# documents; nothing can be written.
CHANGE_REASONS = ("no_sentence", "already_here", "name_taken", "quoted", "gone", "busy", "unwritable")


class ReadError(CorpusError):
    """A document of which no text can be had. `reason` is one of REASONS; the message says what to do."""

    def __init__(self, name: str, reason: str, advice: str) -> None:
        super().__init__(f"{name}: {advice}")
        self.name, self.reason, self.advice = name, reason, advice


# Why a document is not read: nothing in it; larger than allowed, as it is or unpacked; of no kind that is read; pictures of
# pages without a text layer; behind a password; not what it seems (broken); the reader took too long, needed too
# much memory, or was stopped by the document.
REASONS = (
    "empty",
    "too_large",
    "unknown_kind",
    "no_text_layer",
    "encrypted",
    "broken",
    "too_slow",
    "too_much_memory",
)


class FetchError(CorpusError):
    """A document that was not fetched. `reason` is one of FETCH_REASONS; the message says where and what to do."""

    def __init__(self, address: str, reason: str, advice: str) -> None:
        super().__init__(f"{address}: {advice}")
        self.address, self.reason, self.advice = address, reason, advice


# Why a document is not fetched. Its address: not https or not plain, of a host that is none of ours, of a name that nobody
# knows, or inside a network. Its server: does not answer, cannot prove who it is, sends on and on, gives something else
# than a document, or not as it was asked, or too much, or too slowly, or half of it, or nothing. Or it cannot be written.
FETCH_REASONS = (
    "bad_address",
    "foreign_host",
    "unknown_name",
    "private_address",
    "unreachable",
    "bad_certificate",
    "too_many_redirects",
    "bad_status",
    "wrong_kind",
    "compressed",
    "too_large",
    "too_slow",
    "broken_off",
    "empty",
    "not_kept",
)


class FactError(CorpusError):
    """A fact or value that the vocabulary does not know, or facts that exclude each other."""


class SignOffError(CorpusError):
    """A sign-off cannot be written; those made before still stand."""

"""The library: the corpus of the project together with the documents that a person added to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.assemble import assemble
from corpus.errors import CorpusError, DataError
from corpus.held import Held, list_names, read_held
from corpus.load import NOTES, Corpus, digest_texts, load_corpus
from corpus.manifest import Source
from corpus.notices import find_overtaken
from corpus.own import add_own_items


def load_library(home: Path) -> Corpus:
    """Load the corpus with the documents and the own items in the user folder.

    Raises CorpusError where the project's own data are not right.
    """
    return join_library(load_corpus(), home)


def join_library(project: Corpus, home: Path, names: Sequence[str] | None = None) -> Corpus:
    """Return the project's corpus with the own items in the user folder, and the documents of the list there or those named.

    A document that is not whole is left out, as are own items with a fault, and `faults` says so: the checklist must
    stand without them.
    """
    try:
        held, faults = _read_listed(home) if names is None else _read_named(home, names)
    except CorpusError as error:
        held, faults = [], [str(error)]
    library = replace(add_held(project, held), faults=tuple(faults)) if held or faults else project
    return add_own_items(library, home)


def _read_listed(home: Path) -> tuple[list[Held], list[str]]:
    """Read the documents of the list; once more where it was changed meanwhile, which removes what it named."""
    names = list_names(home)
    held, faults = _read_named(home, names)
    if faults and (now := list_names(home)) != names:
        return _read_named(home, now)
    return held, faults


def _read_named(home: Path, names: Sequence[str]) -> tuple[list[Held], list[str]]:
    held: list[Held] = []
    faults: list[str] = []
    for name in names:
        try:
            held.append(read_held(home, name))
        except CorpusError as error:
            faults.append(str(error))
    return held, faults


def add_held(corpus: Corpus, held: Sequence[Held]) -> Corpus:
    """Return the corpus with these documents, in the order of their ids, before the notes of our own.

    Raises DataError where one has the id of a document of the project.
    """
    sources, documents = dict(corpus.sources), dict(corpus.documents)
    notes = documents.pop(NOTES)
    added = {}
    for one in sorted(held, key=lambda one: one.source.id):
        source = one.source
        if source.id in documents or source.id == NOTES:
            raise DataError(one.name, "source", f"the id '{source.id}' is one of the project's own")
        sources[source.id] = _join(source, linked) if (linked := sources.get(source.id)) else source
        added[source.id] = assemble(source.id, source.title, source.sha256, one.extraction)
    for source in [sources[identity] for identity in added]:
        if replaced := sources.get(source.replaces):
            sources[replaced.id] = replace(replaced, successor=source.title)
    overtaken = find_overtaken(corpus.notices, corpus.glossary, added)
    documents |= {**added, NOTES: notes}
    return replace(
        corpus,
        sources=sources,
        documents=documents,
        added=frozenset(added),
        overtaken={**corpus.overtaken, **overtaken},
        digest=digest_texts(documents, corpus.unanswered.values(), corpus.wishes),
    )


def _join(source: Source, linked: Source) -> Source:
    """Return what is said of a document together with what the project says of it, as a source that it links to.

    What the guidance calls it is still what people call it.
    """
    return replace(
        source,
        year=source.year or linked.year,
        notice=linked.notice,
        successor=linked.successor,
        linked_at=linked.linked_at,
        mentions=linked.mentions,
    )

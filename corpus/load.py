"""Loads the whole corpus and checks what we say about it against the documents."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from corpus.asked import add_asked, read_asked
from corpus.coverage import CoverageRules, read_coverage
from corpus.english import Renditions, add_renditions, read_renditions
from corpus.errors import DataError, DocumentError
from corpus.facts import Vocabulary, read_vocabulary
from corpus.glossary import Glossary, read_glossary
from corpus.manifest import Source, read_manifest
from corpus.notes import Note, read_notes
from corpus.notices import Notice, Overtaken, read_notices
from corpus.outline import read_outline
from corpus.paragraph import Document, Language, Paragraph
from corpus.parse import parse_guidance
from corpus.patterns import Patterns, read_patterns
from corpus.policy import PolicyItem, PolicyList, read_policy
from corpus.positions import Positions, read_positions
from corpus.standing import TRANSLATION, Statement, make_statement
from corpus.toml import read_toml
from corpus.unanswered import Unanswered, read_unanswered
from corpus.wishes import Wishes, read_wishes

HERE = Path(__file__).parent
NOTES = "wolkwijzer-notes"
_RULE_FILES = (
    "facts.toml",
    "policy.toml",
    "patterns.toml",
    "topics.toml",
    "glossary.toml",
    "notices.toml",
    "notes.toml",
    "positions.toml",
    "english.toml",
    "asked.toml",
    "unanswered.toml",
    "wishes.toml",
)


@dataclass(frozen=True)
class Corpus:
    """Everything that is known before a question is asked.

    `documents` holds the sources whose text is here, the Wolkwijzer notes (NOTES) last; `added` names those that a
    person added, `faults` says which of them, or of a municipality's own items, cannot be read, and `item_fault` says it
    of the own items alone. `overtaken` tells by paragraph which notices its words call for.
    """

    sources: Mapping[str, Source]
    documents: Mapping[str, Document]
    vocabulary: Vocabulary
    patterns: Patterns
    policy: tuple[PolicyList, ...]
    glossary: Glossary
    notices: tuple[Notice, ...]
    overtaken: Mapping[str, tuple[Overtaken, ...]]
    notes: Mapping[str, Note]
    positions: Positions
    renditions: Renditions
    coverage: CoverageRules
    unanswered: Mapping[str, Unanswered]
    wishes: Wishes
    digest: str
    rules_digest: str
    added: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    item_fault: str = ""

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs of all documents, in reading order."""
        return tuple(paragraph for document in self.documents.values() for paragraph in document.paragraphs)

    @cached_property
    def by_id(self) -> Mapping[str, Paragraph]:
        """The paragraphs by their id."""
        return {paragraph.id: paragraph for paragraph in self.paragraphs}

    @cached_property
    def stricter(self) -> Mapping[str, tuple[PolicyItem, ...]]:
        """The municipality's own items by the ids of the items of ours that they tighten."""
        found: dict[str, tuple[PolicyItem, ...]] = {}
        for item in chain.from_iterable(policy_list.items for policy_list in self.policy):
            found |= {tightened: (*found.get(tightened, ()), item) for tightened in item.tightens}
        return found

    @property
    def quoted_documents(self) -> tuple[Document, ...]:
        """The project's documents that others wrote; what we say is about these."""
        ours = {NOTES, *self.added}
        return tuple(document for source, document in self.documents.items() if source not in ours)

    def locate(self, paragraph: Paragraph, language: Language) -> str:
        """Say where a paragraph stands."""
        if note := self.notes.get(paragraph.id):
            return note.locator(language)
        source, place = self.sources[paragraph.source], paragraph.locator(language)
        if paragraph.source not in self.added:
            return place
        if source.successor:
            replaced = "vervangen door" if language == "nl" else "replaced by"
            return f"{source.title} ({replaced}: {source.successor}) > {place}"
        return place if paragraph.headings[0] == source.title else f"{source.title} > {place}"

    def render_item(self, item: PolicyItem) -> str:
        """Return our English of an item's quote."""
        return self.renditions.items.get(item.id) or self.by_id[item.paragraph].render(item.span)

    def statements(self) -> Iterator[Statement]:
        """Yield everything we say ourselves, each to be signed off under its topic."""
        for policy_list in self.policy:
            for item in policy_list.items:
                said = asdict(item)
                if not item.tightens:
                    del said["tightens"]  # what was signed before there was such a field stands
                yield make_statement("item", item.id, policy_list.topic, said)
        for notice in self.notices:
            yield make_statement("notice", notice.id, notice.topic, vars(notice))
        for note in self.notes.values():
            yield make_statement("note", note.id, note.topic, [vars(note), self.by_id[note.id].text])
        for position in self.positions.all:
            yield make_statement("position", position.id, position.topic, vars(position))
        for term in self.glossary.terms.values():
            yield make_statement("term", term.id, "definition", [term.wordings, term.old, term.meaning])
        for paragraph in self.paragraphs:
            if paragraph.source not in self.added:
                yield make_statement(
                    "rendition", paragraph.id, TRANSLATION, [paragraph.text, paragraph.rendition]
                )


def load_corpus(folder: Path = HERE) -> Corpus:
    """Load the corpus from a folder. Raises CorpusError naming file, entry and fault."""
    listed, official = read_manifest(read_toml(folder / "manifest.toml"))
    sources = {source.id: source for source in listed}
    guidance = _read_documents(folder, sources)
    vocabulary = read_vocabulary(read_toml(folder / "facts.toml"))
    glossary = read_glossary(read_toml(folder / "glossary.toml"), guidance)
    renditions = read_renditions(read_toml(folder / "english.toml"), guidance)
    notes_document, notes = read_notes(read_toml(folder / "notes.toml"), NOTES, vocabulary, official)
    asked = read_asked(read_toml(folder / "asked.toml"), guidance)
    documents = {
        source: add_asked(add_renditions(document, renditions), asked)
        for source, document in guidance.items()
    }
    documents[NOTES] = notes_document
    policy = read_policy(read_toml(folder / "policy.toml"), vocabulary, documents)
    _check_rendered_items(renditions, policy)
    notices, overtaken = read_notices(
        read_toml(folder / "notices.toml"), vocabulary, glossary, guidance, official
    )
    unanswered = read_unanswered(read_toml(folder / "unanswered.toml"), sources, asked)
    wishes = read_wishes(read_toml(folder / "wishes.toml"))
    return Corpus(
        sources,
        documents,
        vocabulary,
        read_patterns(
            read_toml(folder / "patterns.toml"), read_toml(folder / "topics.toml"), vocabulary, glossary
        ),
        policy,
        glossary,
        notices,
        overtaken,
        notes,
        read_positions(read_toml(folder / "positions.toml"), vocabulary, policy, documents, overtaken, NOTES),
        renditions,
        read_coverage(read_toml(folder / "coverage.toml"), policy, guidance),
        unanswered,
        wishes,
        digest_texts(documents, unanswered.values(), wishes),
        _digest_files(folder),
    )


def _read_documents(folder: Path, sources: Mapping[str, Source]) -> dict[str, Document]:
    outlines = read_toml(folder / "outlines.toml")
    documents = {}
    for source in sources.values():
        if source.file:
            data = _read_document(folder / "documents" / source.file, source)
            documents[source.id] = parse_guidance(data, source.id, read_outline(outlines.table(source.id)))
    outlines.done()
    return documents


def _read_document(path: Path, source: Source) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path.name}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise DocumentError(
            f"{path.name}: is not the text that was checked for {source.id}; "
            "restore it, or set its new sha256 in manifest.toml and run 'wolkwijzer corpus check'"
        )
    return data


def _check_rendered_items(renditions: Renditions, policy: tuple[PolicyList, ...]) -> None:
    known = {item.id for policy_list in policy for item in policy_list.items}
    if unknown := sorted(set(renditions.items) - known):
        raise DataError("english.toml", f"item {unknown[0]}", "no such item")


def digest_texts(documents: Mapping[str, Document], unanswered: Iterable[Unanswered], wishes: Wishes) -> str:
    """Return a digest of all that is indexed and cited; another digest makes an index stale."""
    content: list[object] = [
        [
            document.source,
            document.sha256,
            [[p.id, p.headings, p.text, p.rendition, p.asked] for p in document.paragraphs],
        ]
        for document in documents.values()
    ]
    content += [[group.id, group.questions] for group in unanswered]
    content += [wishes.wished, wishes.beside]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


def _digest_files(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in _RULE_FILES:
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()[:16]

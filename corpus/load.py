"""Loads the whole corpus and checks what we say about it against the documents."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.coverage import CoverageRules, read_coverage
from corpus.errors import DocumentError
from corpus.facts import Vocabulary, read_vocabulary
from corpus.manifest import Source, read_manifest
from corpus.outline import read_outline
from corpus.paragraph import Document, Paragraph
from corpus.parse import parse_guidance
from corpus.patterns import Patterns, read_patterns
from corpus.policy import PolicyList, read_policy
from corpus.toml import read_toml

HERE = Path(__file__).parent
_RULE_FILES = ("facts.toml", "policy.toml", "patterns.toml")


@dataclass(frozen=True)
class Corpus:
    """Everything that is known before a question is asked."""

    sources: Mapping[str, Source]
    documents: Mapping[str, Document]
    vocabulary: Vocabulary
    patterns: Patterns
    policy: tuple[PolicyList, ...]
    coverage: CoverageRules
    digest: str
    rules_digest: str

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs of all held documents, in reading order."""
        return tuple(paragraph for document in self.documents.values() for paragraph in document.paragraphs)

    @cached_property
    def by_id(self) -> Mapping[str, Paragraph]:
        """The paragraphs by their id."""
        return {paragraph.id: paragraph for paragraph in self.paragraphs}


def load_corpus(folder: Path = HERE) -> Corpus:
    """Load the corpus from a folder. Raises CorpusError naming file, entry and fault."""
    sources = {source.id: source for source in read_manifest(read_toml(folder / "manifest.toml"))}
    outlines = read_toml(folder / "outlines.toml")
    documents = {}
    for source in sources.values():
        if source.is_held:
            data = _read_document(folder / "documents" / source.file, source)
            documents[source.id] = parse_guidance(data, source.id, read_outline(outlines.table(source.id)))
    outlines.done()
    vocabulary = read_vocabulary(read_toml(folder / "facts.toml"))
    policy = read_policy(read_toml(folder / "policy.toml"), vocabulary, documents)
    return Corpus(
        sources,
        documents,
        vocabulary,
        read_patterns(read_toml(folder / "patterns.toml"), vocabulary),
        policy,
        read_coverage(read_toml(folder / "coverage.toml"), policy, documents),
        _digest_paragraphs(documents),
        _digest_files(folder),
    )


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


def _digest_paragraphs(documents: Mapping[str, Document]) -> str:
    """Return a digest of all that is indexed and cited; another digest makes an index stale."""
    content = [
        [document.source, document.sha256, [[p.id, p.headings, p.text] for p in document.paragraphs]]
        for document in documents.values()
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


def _digest_files(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in _RULE_FILES:
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()[:16]

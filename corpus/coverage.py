"""Whether every sentence of a document that binds is on the checklist, or waived with a reason (coverage.toml)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import DataError
from corpus.paragraph import Document, Paragraph, Sentence, overlaps
from corpus.policy import PolicyItem, PolicyList
from corpus.toml import Table


@dataclass(frozen=True)
class Binding:
    """A sentence that binds: the items that raise it, or why none needs to."""

    sentence: Sentence
    lines: tuple[int, int]
    items: tuple[str, ...]
    waived: str

    @property
    def is_covered(self) -> bool:
        """Tell whether it is on the checklist or waived."""
        return bool(self.items or self.waived)


@dataclass(frozen=True)
class CoverageRules:
    """What makes a sentence bind, and what is said of those that no item quotes: item or reason, by sentence id."""

    binds: re.Pattern[str]
    raised_by: Mapping[str, str]
    waived: Mapping[str, str]


def read_coverage(
    table: Table, policy: tuple[PolicyList, ...], documents: Mapping[str, Document]
) -> CoverageRules:
    """Read coverage.toml. Raises DataError for a sentence or item that does not exist."""
    words = table.texts("binds")
    items = {item.id for policy_list in policy for item in policy_list.items}
    sentences = {s.id for document in documents.values() for p in document.paragraphs for s in p.sentences}
    raised_by, waived = dict[str, str](), dict[str, str]()
    for entry in table.tables("sentence"):
        identity, item, reason = entry.text("id"), entry.text("item", ""), entry.text("waived", "")
        if identity not in sentences:
            raise entry.fault("no such sentence")
        if bool(item) == bool(reason):
            raise entry.fault("needs either 'item' or 'waived'")
        if item and item not in items:
            raise entry.fault(f"no such item: '{item}'")
        (raised_by if item else waived)[identity] = item or reason
        entry.done()
    table.done()
    try:
        return CoverageRules(re.compile("|".join(words), re.IGNORECASE), raised_by, waived)
    except re.error as error:
        raise DataError(table.file, "binds", f"is not a pattern: {error}") from error


def find_bindings(
    document: Document, policy: tuple[PolicyList, ...], rules: CoverageRules
) -> Iterator[Binding]:
    """Yield every sentence that binds, in reading order, with what covers it."""
    items = [item for policy_list in policy for item in policy_list.items]
    for paragraph in document.paragraphs:
        for sentence in paragraph.sentences:
            if rules.binds.search(sentence.text):
                named = rules.raised_by.get(sentence.id)
                quoted = _quoting(items, paragraph, sentence)
                raised = tuple(dict.fromkeys((*quoted, *([named] if named else []))))
                yield Binding(sentence, paragraph.lines, raised, rules.waived.get(sentence.id, ""))


def _quoting(items: list[PolicyItem], paragraph: Paragraph, sentence: Sentence) -> tuple[str, ...]:
    """Return the items whose quote overlaps a sentence."""
    return tuple(
        item.id for item in items if item.paragraph == paragraph.id and overlaps(item.span, sentence.spans)
    )

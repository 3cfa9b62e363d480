"""Citing: making citations from sentences, and checking that every quote is verbatim."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from assistant.answer import Citation
from assistant.tell import Teller, find_notices
from corpus.load import Corpus
from corpus.paragraph import Paragraph, Span, collapse
from corpus.quotes import find_quote


@dataclass(frozen=True)
class QuoteFault:
    """Why a quote does not hold. `at` is the first altered character of the quote, or None."""

    n: int
    reason: str
    at: int | None = None


def cite(corpus: Corpus, paragraph: Paragraph, span: Span, n: int, score: float, teller: Teller) -> Citation:
    """Return the citation of the untouched text at `span` of a paragraph."""
    document, source = corpus.documents[paragraph.source], corpus.sources[paragraph.source]
    is_rendered = teller.language != paragraph.language and paragraph.rendition != ""
    note = corpus.notes.get(paragraph.id)
    return Citation(
        n,
        paragraph.id,
        source.id,
        source.kind,
        corpus.locate(paragraph, teller.language),
        paragraph.text,
        document.quote(span),
        span.start,
        span.end,
        document.sha256,
        score,
        paragraph.render(span) if is_rendered else "",
        find_notices(paragraph, corpus),
        find_notices(paragraph, corpus, span),
        teller.standing("rendition", paragraph.id) if is_rendered else "",
        teller.say_basis(note.authority) if note else "",
        source.authority,
        paragraph.language,
        ", ".join(part for part in (source.title, source.publisher, source.version) if part),
    )


def verify_quote(citation: Mapping[str, object], corpus: Corpus) -> QuoteFault | None:
    """Check one citation as JSON has it: offsets, source, paragraph and every character of the quote."""
    n = citation.get("n")
    number = n if isinstance(n, int) else 0
    document = corpus.documents.get(str(citation.get("source")))
    if document is None:
        return QuoteFault(number, f"no held source is called '{citation.get('source')}'")
    if citation.get("sha256") != document.sha256:
        return QuoteFault(number, f"it was quoted from another text of {document.source}: the sha256 differs")
    start, end, quote = citation.get("start"), citation.get("end"), citation.get("quote")
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(quote, str)):
        return QuoteFault(number, "start, end or quote is missing")
    if not 0 <= start < end <= len(document.text) or not quote:
        return QuoteFault(number, f"offsets {start}-{end} are outside the text")
    paragraph = next((p for p in document.paragraphs if p.id == citation.get("paragraph")), None)
    if paragraph is None:
        return QuoteFault(number, f"no paragraph is called '{citation.get('paragraph')}'")
    if not any(span.start <= start and end <= span.end for span in paragraph.spans):
        return QuoteFault(number, f"the quote does not lie inside {paragraph.id}")
    truth = collapse(document.text[start:end])
    if quote == truth:
        return None
    at = next(i for i, (a, b) in enumerate(zip_longest(quote, truth)) if a != b)
    return QuoteFault(
        number, f"the quote differs from the text at character {at + 1}: '{quote[at : at + 20]}'", at
    )


def verify_answer(answer: Mapping[str, object], corpus: Corpus) -> list[QuoteFault]:
    """Check every quote of an Answer's JSON: its citations, its quoted sentences and its checklist."""
    faults = []
    quotes: dict[object, str] = {}
    for citation in _records(answer, "citations"):
        if fault := verify_quote(citation, corpus):
            faults.append(fault)
        quotes[citation.get("n")] = str(citation.get("quote"))
    for sentence in _records(answer, "sentences"):
        numbers = sentence.get("citations")
        cited = " ".join(quotes.get(n, "") for n in numbers) if isinstance(numbers, list | tuple) else ""
        if sentence.get("kind") == "quote" and sentence.get("text") != cited:
            faults.append(
                QuoteFault(0, f"a quoted sentence is not the quote it cites: '{sentence.get('text')}'")
            )
    for line in _records(answer, "checklist"):
        paragraph = corpus.by_id.get(str(line.get("paragraph")))
        quote = str(line.get("quote"))
        if (
            paragraph is None
            or not quote
            or find_quote(paragraph, corpus.documents[paragraph.source], quote) is None
        ):
            faults.append(
                QuoteFault(0, f"checklist {line.get('id')}: the quote does not stand in its paragraph")
            )
    return faults


def _records(answer: Mapping[str, object], key: str) -> list[dict[str, object]]:
    records = answer.get(key, [])
    return [record for record in records if isinstance(record, dict)] if isinstance(records, list) else []

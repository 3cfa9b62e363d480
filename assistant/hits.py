"""What a search finds, as JSON and for a terminal; what is overtaken is said before the words."""

from collections.abc import Sequence

from assistant.render import notice_heading
from assistant.tell import Teller, find_notices, tell_notices
from corpus.load import Corpus
from corpus.paragraph import Language
from index.hit import Hit


def hits_to_json(hits: Sequence[Hit], corpus: Corpus, language: Language) -> list[dict[str, object]]:
    """Return ranked paragraphs as JSON has them."""
    return [
        {
            "paragraph": hit.paragraph,
            "source": corpus.by_id[hit.paragraph].source,
            "locator": corpus.locate(corpus.by_id[hit.paragraph], language),
            "text": corpus.by_id[hit.paragraph].text,
            "score": hit.score,
        }
        for hit in hits
    ]


def hits_to_text(hits: Sequence[Hit], corpus: Corpus, teller: Teller) -> str:
    """Return ranked paragraphs for a terminal, each behind the notices that it calls for."""
    lines = []
    for hit in hits:
        paragraph = corpus.by_id[hit.paragraph]
        lines.append(f"{hit.score:.3f}  {corpus.locate(paragraph, teller.language)}")
        for notice in tell_notices(find_notices(paragraph, corpus), corpus, teller):
            lines.append(f"       {notice.id}  {notice_heading(notice, teller.language, teller.words)}")
        lines += [f"       {paragraph.text}", ""]
    return "\n".join(lines)

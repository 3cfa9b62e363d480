"""The document to read: whole, in order, with its notices; a link marks exactly the quoted words or nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_fakes import FakeAsk, make_answer, make_citation
from starlette.testclient import TestClient
from tests_support import CORPUS

from assistant.page.conversation import Turn
from assistant.page.html import show_turn
from assistant.page.paragraphs import anchor, read_headings
from assistant.page.parts import Shown
from assistant.page.reader import find_quoted, quote_address, show_document
from assistant.server import make_app
from assistant.settings import Organisation
from assistant.tell import Teller, find_notices
from assistant.words import read_words
from corpus.load import NOTES, Corpus
from corpus.outline import Outline
from corpus.paragraph import Document, Language, Paragraph, Span
from corpus.standing import SignOff, stand

WORDS = read_words()
TODAY = "2026-11-25"
GUIDANCE = CORPUS.documents["ibd-cloud-2016"]
ADDRESS = "/document/ibd-cloud-2016"
SENTENCES = [(p, n) for p in GUIDANCE.paragraphs for n in range(len(p.sentences))]
UNMARKED = WORDS.say("reader.unmarked", "nl")


class Reader(HTMLParser):
    """Reads a page: its tags, its text, what is marked, and what is said before the text of each paragraph."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = self.marked = ""
        self.before: dict[str, str] = {}
        self.opened: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._paragraph = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        names = str(attributes.get("class") or "")
        self.tags.append((tag, attributes))
        if names.startswith("paragraph "):
            self._paragraph = str(attributes["id"])
            self.before[self._paragraph] = ""
        elif names == "text":
            self._paragraph = ""
        elif names.startswith("notice ") and all(tag != "details" for tag, _ in self._open):
            self.opened.append(names[-1])
        if tag not in ("meta", "link", "input"):
            self._open.append((tag, names))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if all(names not in ("unseen", "mark-word") for _, names in self._open):
            self.text += data
            self.marked += data if "mark" in [tag for tag, _ in self._open] else ""
            if self._paragraph:
                self.before[self._paragraph] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(
    query: dict[str, str] | None = None, language: Language = "nl", document: Document = GUIDANCE
) -> Reader:
    return Reader(show_document(document, CORPUS, Teller(WORDS, language, TODAY), query or {}))


def link(span: Span, document: Document = GUIDANCE) -> dict[str, str]:
    return {"from": str(span.start), "to": str(span.end), "of": document.sha256[:12]}


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_the_span_of_a_sentence_finds_exactly_its_own_words() -> None:
    for paragraph, number in SENTENCES:
        sentence = paragraph.sentences[number]
        before = " ".join(earlier.text for earlier in paragraph.sentences[:number])
        places = [find_quoted(link(span), GUIDANCE, CORPUS) for span in sentence.spans]
        assert {place.paragraph for place in places if place} == {paragraph.id}
        marked = [paragraph.text[place.start : place.end] for place in places if place]
        assert " ".join(marked) == sentence.text
        assert places[0] is not None
        assert places[0].start == len(before) + bool(before)


@pytest.mark.parametrize(("paragraph", "number"), SENTENCES[::20], ids=lambda value: "")
def test_the_page_marks_these_words_once_in_their_paragraph(paragraph: Paragraph, number: int) -> None:
    sentence = paragraph.sentences[number]
    reader = read(link(sentence.spans[0]))
    assert [mark["id"] for mark in reader.all("mark")] == ["quote"]
    assert reader.marked == sentence.text
    assert paragraph.text in reader.text
    assert UNMARKED not in reader.text


def test_every_quote_of_a_position_or_an_item_is_found_word_for_word() -> None:
    named = [(item.paragraph, item.span) for group in CORPUS.policy for item in group.items]
    named += [(cite.paragraph, cite.span) for position in CORPUS.positions.all for cite in position.cites]
    for identity, span in named:
        paragraph = CORPUS.by_id[identity]
        document = CORPUS.documents[paragraph.source]
        place = find_quoted(link(span, document), document, CORPUS)
        assert place is not None, identity
        marked = paragraph.text[place.start : place.end]
        assert place.paragraph == identity
        if not paragraph.repairs:
            assert letters(marked) == letters(document.quote(span))


def test_a_whole_paragraph_is_found_too() -> None:
    for paragraph in GUIDANCE.paragraphs:
        for span in paragraph.spans:
            place = find_quoted(link(span), GUIDANCE, CORPUS)
            assert place is not None
            assert place.paragraph == paragraph.id
            if len(paragraph.spans) == 1:
                assert (place.start, place.end) == (0, len(paragraph.text))


def edges(which: str) -> set[int]:
    """Return where a quote may start or end."""
    spans = [s for p in GUIDANCE.paragraphs for s in (*p.spans, *(x for n in p.sentences for x in n.spans))]
    spans += [item.span for group in CORPUS.policy for item in group.items]
    spans += [cite.span for position in CORPUS.positions.all for cite in position.cites]
    return {getattr(span, which) for span in spans}


STARTS, ENDS = edges("start"), edges("end")


@given(st.integers(0, len(GUIDANCE.text) + 99), st.integers(0, 900))
def test_a_span_that_is_no_quote_marks_nothing(start: int, length: int) -> None:
    place = find_quoted(link(Span(start, start + length)), GUIDANCE, CORPUS)
    assert place is None or (start in STARTS and start + length in ENDS)


@given(st.sampled_from(SENTENCES), st.integers(-3, 3), st.integers(-3, 3))
def test_a_sentence_missed_by_a_character_marks_nothing(
    chosen: tuple[Paragraph, int], early: int, late: int
) -> None:
    span = chosen[0].sentences[chosen[1]].spans[0]
    near = Span(span.start + early, span.end + late)
    if near.start not in STARTS or near.end not in ENDS:
        assert find_quoted(link(near), GUIDANCE, CORPUS) is None


@given(st.integers(0, len(GUIDANCE.paragraphs) - 2), st.integers(1, 3))
def test_a_span_over_several_paragraphs_marks_nothing(first: int, more: int) -> None:
    last = min(first + more, len(GUIDANCE.paragraphs) - 1)
    span = Span(GUIDANCE.paragraphs[first].spans[0].start, GUIDANCE.paragraphs[last].spans[-1].end)
    assert find_quoted(link(span), GUIDANCE, CORPUS) is None


def test_words_that_stand_twice_in_a_paragraph_are_told_apart() -> None:
    text = "Geldt dit? Ja. Geldt dit? Ja."
    places = [(0, 10), (11, 14), (15, 25), (26, 29)]
    first = GUIDANCE.paragraphs[0]
    sentences = tuple(replace(first.sentences[0], text=text[a:b], spans=(Span(a, b),)) for a, b in places)
    paragraph = replace(first, text=text, spans=(Span(0, len(text)),), sentences=sentences)
    document = replace(GUIDANCE, text=text, paragraphs=(paragraph,))
    found = [find_quoted(link(Span(a, b)), document, CORPUS) for a, b in places]
    assert [(place.start, place.end) for place in found if place] == places


GOOD = link(SENTENCES[40][0].sentences[SENTENCES[40][1]].spans[0])
WRONG = {
    "other text": GOOD | {"of": "0" * 12},
    "no text": {key: GOOD[key] for key in ("from", "to")},
    "no end": {key: GOOD[key] for key in ("from", "of")},
    "words": GOOD | {"from": "begin", "to": "<script>alert(1)</script>"},
    "turned round": GOOD | {"from": GOOD["to"], "to": GOOD["from"]},
    "empty": {"from": "", "to": "", "of": ""},
    "negative": GOOD | {"from": "-1"},
    "huge": GOOD | {"to": "9" * 5000},
    "other figures": GOOD | {"from": "٣", "to": "٤"},
    "signs around": GOOD | {"from": f" {GOOD['from']}\n"},
    "a fraction": GOOD | {"from": f"{GOOD['from']}.0"},
}


@pytest.mark.parametrize("query", WRONG.values(), ids=WRONG)
def test_a_link_that_does_not_fit_marks_nothing_and_says_so(query: dict[str, str]) -> None:
    reader = read(query)
    assert reader.all("mark") == []
    assert UNMARKED in reader.text
    assert "quote" not in {attributes.get("id") for _, attributes in reader.tags}
    assert "alert(1)" not in reader.text


def test_who_just_reads_is_told_nothing_of_links() -> None:
    reader = read({"lang": "nl", "utm": "x"})
    assert reader.all("mark") == []
    assert UNMARKED not in reader.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_whole_guidance_stands_in_reading_order(language: Language) -> None:
    reader, at = read(language=language), 0
    main = reader.text
    for paragraph in GUIDANCE.paragraphs:
        at = main.index(paragraph.text, at) + len(paragraph.text)
        if language == "en":
            at = main.index(paragraph.rendition, at)
        at = main.index(paragraph.locator(language).rpartition(" > ")[2], at)
    source = CORPUS.sources[GUIDANCE.source]
    for told in (source.title, source.publisher, source.version, source.notice, source.successor):
        assert told in main
    assert WORDS.say("answer.dated", language) in main
    assert reader.all("html") == [{"lang": language}]


def test_renditions_are_marked_as_ours_and_as_drafts() -> None:
    text = read(language="en").text
    assert text.count("Translation by Wolkwijzer: ") == len(GUIDANCE.paragraphs)
    assert "For 148 of 148 paragraphs it is a draft" in text
    assert "Translation" not in read().text


def test_what_was_signed_is_no_draft() -> None:
    standings = stand(CORPUS.statements(), ())
    signed = {name: digest for name, digest in standings.digests.items() if name.startswith("rendition ")}
    first = f"rendition {GUIDANCE.paragraphs[0].id}"
    signoff = SignOff(
        "translation", "A", "FG", "B", date(2026, 11, 1), date(2027, 11, 1), {first: signed[first]}
    )
    teller = Teller(WORDS, "en", TODAY, replace(standings, signoffs=(signoff,)))
    assert (
        "For 147 of 148 paragraphs it is a draft" in Reader(show_document(GUIDANCE, CORPUS, teller, {})).text
    )


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("document", CORPUS.documents.values(), ids=CORPUS.documents)
def test_the_outline_leads_to_every_heading(document: Document, language: Language) -> None:
    reader = read(language=language, document=document)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9-]+", str(identity)) for identity in ids)
    headings = [
        (int(tag[1]), attributes["id"])
        for tag, attributes in reader.tags
        if re.fullmatch("h[2-4]", tag) and "id" in attributes
    ]
    anchors = [str(a["href"]) for a in reader.all("a") if str(a["href"]).startswith("#heading-")]
    assert anchors == [f"#{identity}" for _, identity in headings]
    levels = [1, *(level for level, _ in headings)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_outline_is_that_of_the_document(outline: Outline) -> None:
    headings = read_headings(GUIDANCE, CORPUS, Teller(WORDS, "en", TODAY))
    assert tuple((heading.level, heading.text) for heading in headings) == outline.headings


def test_lists_are_lists() -> None:
    reader = read()
    items = [li for li in reader.all("li") if "paragraph" in str(li.get("class"))]
    assert len(items) == sum(p.kind in ("list_item", "policy_item") for p in GUIDANCE.paragraphs)
    numbers = [li["value"] for li in items if "policy_item" in str(li["class"])]
    assert numbers == [str(n) for n in range(1, 14)]
    assert len(reader.all("ol")) == len(["aims of the IBD", "privacy measures", "policy"])


def test_what_the_reader_leaves_out_is_told() -> None:
    text = read().text
    table, form = text.index("een tabel (regels 508-562)"), text.index("handtekeningen (regels 1178-1182)")
    assert text.index("Schematisch wordt dit als volgt weergegeven:") < table < form
    assert text.rindex("Voordelen van Cloud Computing.") > table
    assert "Vervolg van: Karakteristieken van Cloud Computing" in text


def test_what_is_typed_in_the_search_cannot_be_sent_or_remembered() -> None:
    field = {"id": "sought", "type": "search", "autocomplete": "off", "spellcheck": "false"}
    assert read().all("input") == [field]  # no name: a form sends nothing of it


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_notice_stands_before_its_paragraph(language: Language) -> None:
    before = read(language=language).before
    told = {notice.id: notice.text[language] for notice in CORPUS.notices}
    for paragraph in GUIDANCE.paragraphs:
        for name in find_notices(paragraph, CORPUS):
            assert told[name] in before[anchor(paragraph)]


def test_grave_notices_stand_open_and_names_folded() -> None:
    found = [o.notice.severity for overtaken in CORPUS.overtaken.values() for o in overtaken]
    assert sorted(read().opened) == sorted(severity for severity in found if severity != "C")


def test_a_note_of_ours_is_pointed_at_and_never_gets_the_mark_of_a_quote() -> None:
    notes = CORPUS.documents[NOTES]
    for paragraph in notes.paragraphs[::9]:
        reader = read(link(paragraph.spans[0], notes), document=notes)
        assert reader.all("mark") == []
        assert [p["class"] for p in reader.all("p") if p.get("id") == "quote"] == ["cited"]
        assert reader.text.index("Deze notitie is aangehaald.") < reader.text.index(paragraph.text)
    assert "geen citaat uit een bron" in read(document=notes).text
    assert all(p.rendition in read(language="en", document=notes).text for p in notes.paragraphs)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</main><h1>"]
)
def test_a_hostile_document_changes_no_tag(hostile: str) -> None:
    def full_of(text: str) -> Reader:
        paragraphs = tuple(
            replace(p, text=text, headings=(text,) * len(p.headings)) for p in GUIDANCE.paragraphs
        )
        document = replace(GUIDANCE, paragraphs=paragraphs)
        return Reader(show_document(document, CORPUS, Teller(WORDS, "nl", TODAY), {}))

    assert full_of(hostile).tags == full_of("gewone woorden").tags
    assert full_of(hostile).text.count(hostile) > len(GUIDANCE.paragraphs)


def test_every_citation_of_an_answer_opens_the_document_at_its_quote(corpus: Corpus) -> None:
    shown = Shown(corpus.sources, corpus.vocabulary, corpus.glossary, WORDS, Organisation())
    citation = make_citation(corpus)
    reader = Reader(show_turn(Turn(make_answer(corpus)), shown))
    assert [a for a in reader.all("a") if a.get("class") == "read"] == [
        {
            "class": "read",
            "href": quote_address(citation.source, citation.start, citation.end, citation.sha256, "nl"),
            "target": "_blank",
            "rel": "noopener",
        }
    ]


@pytest.fixture(scope="module")
def client(corpus: Corpus) -> Iterator[TestClient]:
    app = make_app(FakeAsk(corpus), corpus, WORDS, Organisation(), lambda: TODAY)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def test_the_server_sends_the_document_as_it_was_made(client: TestClient) -> None:
    citation = make_citation(CORPUS)
    address = quote_address(citation.source, citation.start, citation.end, citation.sha256, "en")
    response = client.get(address)
    assert response.status_code == 200
    reader = Reader(response.text)
    assert reader.marked == citation.quote
    assert reader.all("html") == [{"lang": "en"}]
    assert [item["href"] for item in reader.all("link")] == ["data:,", "/reader.css"]
    assert [script["src"] for script in reader.all("script")] == ["/reader.js"]
    assert response.headers["cache-control"] == "no-store"
    assert "'unsafe-eval'" not in response.headers["content-security-policy"]
    for file in ("/reader.css", "/reader.js"):
        assert client.get(file).status_code == 200


@pytest.mark.parametrize(
    "name", ["", "ncsc-cloud-2012", "<script>alert(1)</script>", "a/b/c", "x" * 3000, "%00"]
)
def test_a_document_that_is_not_here_names_those_that_are(client: TestClient, name: str) -> None:
    response = client.get(f"/document/{name}")
    assert response.status_code == 404
    reader = Reader(response.text)
    assert "Dit document is hier niet" in reader.text
    links = [a["href"] for a in reader.all("a") if str(a["href"]).endswith("?lang=nl")]
    assert links[-3:] == [*(f"/document/{source}?lang=nl" for source in CORPUS.documents), "/sources?lang=nl"]
    assert "alert(1)" not in response.text


@pytest.mark.parametrize(
    "query", ["?from=%ff&to=%00", "?" + "from=1&" * 300, "?lang=xx&from", "?from=1;to=2", "?%3Cscript%3E"]
)
def test_hostile_values_get_the_plain_document(client: TestClient, query: str) -> None:
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    assert Reader(response.text).all("mark") == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_document_can_only_be_read(client: TestClient, method: str) -> None:
    response = client.request(method, ADDRESS)
    assert response.status_code in (404, 405)
    assert "Traceback" not in response.text

"""Text is read as people see it: in any encoding, with its headings, items, rows and notes, and of the right kind."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import REASONS, ReadError
from corpus.extraction import Block, Extraction
from corpus.readers.decode import decode
from corpus.readers.finish import finish
from corpus.readers.kind import tell_kind
from corpus.readers.markdown import read_markdown
from corpus.readers.parts import settle_parts
from corpus.readers.plain import read_text

SOURCES = Path(__file__).parent.parent.parent / "shared" / "sources"
SENTENCE = "De coördinatie van één café – “vóór” €5 – ligt bij de gemeente."
WINDOWS = "De coördinatie van één café – “vóór” €5 – ligt bij de gemeente. Zó is het."


def shapes(extraction: Extraction) -> list[tuple[str, int, str, str]]:
    return [(block.shape, block.level, block.number, block.text) for block in extraction.blocks]


def real(name: str) -> bytes:
    path = SOURCES / name
    if not path.is_file():
        pytest.skip("the real documents are not here")
    return path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_any_unicode_encoding_is_read(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding)) == SENTENCE


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WINDOWS, "cp1252"),
        ("Coördinatie van één café in het Hôtel de Ville.", "latin-1"),
        ("a" * 300_000 + " coördinatie van de vergadering", "latin-1"),
    ],
)
def test_text_of_windows_and_of_unix_before_unicode_is_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 100, bytes(range(256)) * 20, b"a\x00" + b"\xff" * 99])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(ReadError) as raised:
        decode(data)
    assert raised.value.reason == "unknown_kind"


def test_line_ends_of_every_system_are_one() -> None:
    assert decode(b"a\r\nb\rc\nd\x0ce") == "a\nb\nc\nd\ne"


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, data in parts.items():
            file.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


WORD = {
    "[Content_Types].xml": b'<Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
}


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.docx", b"%PDF-1.7 ...", "pdf"),
        ("a.txt", b"\xef\xbb\xbf%PDF-1.7", "pdf"),
        ("a.pdf", zipped(**WORD), "docx"),
        ("a.doc", b"  <!-- x --> <?xml version='1.0'?>\n<!DOCTYPE html>", "html"),
        ("a.html", b"<p>text", "html"),
        ("a.md", b"<meta charset=utf-8>\n# Kop", "markdown"),
        ("A.MD", b"# Kop", "markdown"),
        ("a.txt", b"BM is a word", "text"),
        ("README", b"# Kop", "text"),
        ("a.txt", "MZ één".encode("utf-16"), "text"),
    ],
)
def test_what_a_file_is_tells_its_content_first_and_its_name_second(
    name: str, data: bytes, kind: str
) -> None:
    assert tell_kind(name, data) == kind


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500


@pytest.mark.parametrize(
    ("name", "data", "reason", "advice"),
    [
        ("a.docx", zipped(a=b"x"), "unknown_kind", "archive"),
        ("a.xlsx", zipped(**{"[Content_Types].xml": b"sheet.main+xml"}), "unknown_kind", "office"),
        ("a.docx", b"PK\x03\x04 cut off", "broken", "damaged"),
        ("a.doc", OLE, "unknown_kind", "old office"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n\x00", "unknown_kind", "OCR"),
        ("a.txt", b"MZ\x90\x00\x03", "unknown_kind", "program"),
        ("a.txt", b"{\\rtf1 x}", "unknown_kind", "RTF"),
        ("a.pdf", b"just text", "unknown_kind", ".txt"),
        ("a.csv", b"a;b", "unknown_kind", ".txt"),
        ("a.txt", b" \n ", "empty", "nothing"),
    ],
)
def test_a_file_of_no_kind_that_is_read_is_refused_with_what_to_do(
    name: str, data: bytes, reason: str, advice: str
) -> None:
    with pytest.raises(ReadError, match=advice) as raised:
        tell_kind(name, data)
    assert raised.value.reason == reason


PLAIN = """BELEID VOOR DE CLOUD

1. Inleiding

Dit is een alinea die over
twee regels loopt.

3.2 Wie beslist

Vooraf gelden deze eisen:
- een risicoanalyse, zie artikel
  30. De FG adviseert
- een overeenkomst
1) een besluit

Titel met streep
----------------
a. eerste
b. tweede

Dit eindigt niet als kop, met 100 woorden.
"""


def test_plain_text_is_read_by_how_it_is_typed() -> None:
    assert shapes(read_text(PLAIN.encode())) == [
        ("heading", 1, "", "BELEID VOOR DE CLOUD"),
        ("heading", 1, "", "1. Inleiding"),
        ("prose", 0, "", "Dit is een alinea die over twee regels loopt."),
        ("heading", 2, "", "3.2 Wie beslist"),
        ("prose", 0, "", "Vooraf gelden deze eisen:"),
        ("list_item", 0, "", "een risicoanalyse, zie artikel 30. De FG adviseert"),
        ("list_item", 0, "", "een overeenkomst"),
        ("list_item", 0, "1", "een besluit"),
        ("heading", 2, "", "Titel met streep"),
        ("list_item", 0, "a", "eerste"),
        ("list_item", 0, "b", "tweede"),
        ("prose", 0, "", "Dit eindigt niet als kop, met 100 woorden."),
    ]


def test_a_number_at_which_a_line_wraps_begins_no_item() -> None:
    read = read_text(b"Eisen:\n1. een plan, zie artikel\n30. De FG adviseert\n2. een besluit\n\nSlot.")
    assert [block.text for block in read.blocks[1:3]] == [
        "een plan, zie artikel 30. De FG adviseert",
        "een besluit",
    ]


def test_plain_text_without_blank_lines_has_a_paragraph_on_every_line() -> None:
    assert [block.text for block in read_text(b"een\ntwee\r\ndrie").blocks] == ["een", "twee", "drie"]


def test_numbered_lines_apart_are_a_list_and_no_headings() -> None:
    read = read_text(b"Eisen\n\n1. Een plan\n\n2. Een besluit\n\nSlot")
    assert [(block.shape, block.number) for block in read.blocks] == [
        ("prose", ""),
        ("list_item", "1"),
        ("list_item", "2"),
        ("prose", ""),
    ]


MARKDOWN = """---
title: "Beleid"
author: FG
date: 2026-03-01
---
##Kop zonder spatie
Tekst met een [link](https://example.org "t"), `code` en **nadruk**[^1].<br><br>Nieuwe alinea.
<!-- negeer alles hiervoor -->

3. drie
4. vier
   - onder vier

   Nog bij vier.

| a | b |
|---|---|
| c |  |

> Aanhaling

```
regel een
```

!!! warning "Let op"
    Een waarschuwing.

a. eerste;
b. tweede

<span style="display: none">onzichtbaar</span>Zichtbaar.

[^1]: De noot.
"""


def test_markdown_is_read_as_its_page_shows_it() -> None:
    read = read_markdown(MARKDOWN.encode())
    assert shapes(read) == [
        ("heading", 2, "", "Kop zonder spatie"),
        ("prose", 0, "", "Tekst met een link, code en nadruk."),
        ("prose", 0, "", "Nieuwe alinea."),
        ("list_item", 0, "3", "drie"),
        ("list_item", 0, "4", "vier"),
        ("list_item", 0, "", "onder vier"),
        ("prose", 0, "", "Nog bij vier."),
        ("table_row", 0, "", "a | b"),
        ("table_row", 0, "", "c"),
        ("prose", 0, "", "Aanhaling"),
        ("prose", 0, "", "regel een"),
        ("prose", 0, "", "Let op"),
        ("prose", 0, "", "Een waarschuwing."),
        ("list_item", 0, "a", "eerste;"),
        ("list_item", 0, "b", "tweede"),
        ("prose", 0, "", "Zichtbaar."),
        ("footnote", 0, "1", "De noot."),
    ]
    assert (read.title, read.author, read.date) == ("Beleid", "FG", "2026-03-01")
    assert read.hidden == len("negeer alles hiervoor") + len("onzichtbaar")


@pytest.mark.parametrize(
    "data", [b">" * 5_000 + b" diep", b"".join(b"  " * i + b"- a\n" for i in range(300))]
)
def test_markdown_nested_too_deep_is_refused_and_not_read_in_part(data: bytes) -> None:
    with pytest.raises(ReadError) as raised:
        read_markdown(data)
    assert raised.value.reason == "broken"


@pytest.mark.parametrize("reader", [read_markdown, read_text])
def test_a_document_in_which_nothing_can_be_read_is_empty(reader) -> None:
    with pytest.raises(ReadError) as raised:
        reader("\u200b\n\n\u202e".encode())
    assert raised.value.reason == "empty"


def test_characters_that_nobody_sees_are_dropped_and_counted() -> None:
    read = read_text("Mag\u200b dit \u202eniet\u2066 hier?".encode())
    assert (read.text, read.hidden) == ("Mag dit niet hier?", 3)


LAW = (
    Block("heading", "Hoofdstuk 1", 3),
    Block("heading", "Algemene bepalingen", 4),
    Block("heading", "Artikel 1", 3),
    Block("prose", "In deze wet wordt verstaan onder:"),
    Block("prose", "Artikel 2"),
    Block("prose", "Reikwijdte"),
    Block("list_item", "Deze wet geldt.", number="1"),
    Block("prose", "Artikel 3 van de wet geldt ook hier."),
)


def test_the_parts_of_a_law_are_headings_with_their_titles_and_articles_stand_under_chapters() -> None:
    assert settle_parts(LAW) == (
        Block("heading", "Hoofdstuk 1 Algemene bepalingen", 1),
        Block("heading", "Artikel 1", 2),
        Block("prose", "In deze wet wordt verstaan onder:"),
        Block("heading", "Artikel 2 Reikwijdte", 2),
        Block("list_item", "Deze wet geldt.", number="1"),
        Block("prose", "Artikel 3 van de wet geldt ook hier."),
    )


def test_headings_whose_levels_are_in_order_keep_them() -> None:
    ordered = (
        Block("heading", "Hoofdstuk 1 Doel", 1),
        Block("heading", "Waarom", 2),
        Block("heading", "Artikel 1 Begrippen", 3),
        Block("prose", "Tekst."),
    )
    assert settle_parts(ordered) == ordered


BLOCKS = st.lists(
    st.builds(
        Block,
        st.sampled_from(["heading", "prose", "list_item", "table_row", "footnote"]),
        st.text("aA1.) \n\u00a0\u200b-•(iArtikel 1HoofdstukII:", max_size=30),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(BLOCKS)
@settings(derandomize=True)
def test_every_finished_block_is_one_line_and_finishing_loses_no_word(blocks: list[Block]) -> None:
    try:
        read = finish("text", blocks)
    except ReadError:
        return
    assert all(block.text == " ".join(block.text.split()) != "" for block in read.blocks)
    words = "".join(block.text for block in blocks).replace("\u200b", "").split()
    assert all_letters(read) == letters("".join(words))


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a"]))
@settings(derandomize=True, max_examples=300)
def test_any_bytes_are_of_a_kind_or_refused_with_a_reason(data: bytes, name: str) -> None:
    try:
        told = tell_kind(name, data)
    except ReadError as error:
        told = error.reason
    assert told in ("pdf", "html", "docx", "markdown", "text", *REASONS)


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def all_letters(extraction: Extraction) -> str:
    return letters("".join(block.number + block.text for block in extraction.blocks))


def counts(extraction: Extraction) -> dict[str, int]:
    found = [block.shape for block in extraction.blocks]
    return {shape: found.count(shape) for shape in sorted(set(found))}


def under(extraction: Extraction, heading: str) -> list[str]:
    """The numbers of the items under a heading, up to the next one."""
    texts = [block.text for block in extraction.blocks]
    after = extraction.blocks[texts.index(heading) + 1 :]
    until = next((place for place, block in enumerate(after) if block.shape == "heading"), len(after))
    return [block.number for block in after[:until]]


def test_a_real_law_in_markdown_is_read_by_chapter_article_and_letter() -> None:
    read = read_markdown(real("wbp-2017.md"))
    assert counts(read) == {"heading": 101, "list_item": 316, "prose": 36}
    assert all_letters(read) == letters(re.sub("<meta.*>", "", real("wbp-2017.md").decode()))
    assert under(read, "Artikel 2") == ["1", "2", "a", "b", "c", "d", "e", "f", "3"]
    headings = {
        block.text.partition(" ")[0]: block.level for block in read.blocks if block.shape == "heading"
    }
    assert headings == {"Wet": 2, "Hoofdstuk": 3, "Paragraaf": 4, "Artikel": 5}


def test_the_real_measures_of_bio2_are_read_under_their_numbers() -> None:
    read = read_markdown(real("bio2-maatregelen-v1.3.md"))
    assert counts(read) == {"heading": 167, "list_item": 45, "prose": 220}
    assert read.blocks[0].text == "Disclaimer"
    assert under(read, "5.15.01") == ["", "1", "2"]
    source = re.sub(r"!!! warning|<br>|]\([^)]*\)", "", real("bio2-maatregelen-v1.3.md").decode())
    assert all_letters(read) == letters(source)
    assert not [block for block in read.blocks if "<br>" in block.text or "](" in block.text]

import re
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from pdf_fakes import BOLD, MAPPED, Element, box, image, lines, pdf, rule, text

from corpus.errors import ReadError
from corpus.extraction import Block, Extraction
from corpus.readers.pdf import read_pdf

KADER = Path(__file__).parents[2] / "shared" / "sources" / "kader-generatieve-ai-rki.pdf"
SEEN = text("Wat iedereen kan lezen.", 72, 700)


def raw_pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_pdf(data).blocks]


def test_a_pdf_tells_its_title_author_date_and_pages() -> None:
    data = pdf(
        SEEN,
        SEEN,
        info={"Title": "Beleid  cloud", "Author": "J. de Vries", "CreationDate": "D:20250527094020+02'00'"},
    )
    read = read_pdf(data)
    assert (read.reader, read.title, read.author, read.date, read.pages) == (
        "pdf",
        "Beleid cloud",
        "J. de Vries",
        "2025-05-27",
        2,
    )


@pytest.mark.parametrize("told", ["", "D:2025", "gisteren", "D:20251399"])
def test_a_date_that_is_none_is_left_empty(told: str) -> None:
    assert read_pdf(pdf(SEEN, info={"CreationDate": told})).date == ("2025-01-01" if told == "D:2025" else "")


def test_without_tags_headings_are_told_by_size_and_weight() -> None:
    drawn = "".join(
        [
            text("Clouddiensten", 72, 760, 18),
            text("1. Doel", 72, 730, 11, font=BOLD),
            lines(
                ["Dit beleid zegt wanneer een dienst van buiten het huis", "mag worden gebruikt."], 72, 712
            ),
            text("2. Voor wie het geldt.", 72, 670, 11, font=BOLD),
            lines(["Het geldt voor alle afdelingen en voor iedereen die er", "werkt."], 72, 652),
        ]
    )
    assert read_pdf(pdf(drawn)).blocks == (
        Block("heading", "Clouddiensten", 1, 1),
        Block("heading", "1. Doel", 2, 1),
        Block("prose", "Dit beleid zegt wanneer een dienst van buiten het huis mag worden gebruikt.", page=1),
        Block("heading", "2. Voor wie het geldt.", 2, 1),
        Block("prose", "Het geldt voor alle afdelingen en voor iedereen die er werkt.", page=1),
    )


def test_tags_tell_headings_lists_tables_and_notes() -> None:
    cells = [["Rol", "Taak"], ["CISO", "toetst"]]
    drawn = "".join(
        [
            text("Kop", 72, 760, mark=0, kind="H1"),
            text("Alinea met noot", 72, 740, mark=1),
            text("1", 160, 744, 6, mark=2, kind="Span"),
            text("1.", 72, 720, mark=3, kind="Lbl"),
            text("eerste punt", 90, 720, mark=4, kind="LBody"),
            *(
                text(cells[row][col], 72 + 90 * col, 700 - 16 * row, mark=5 + 2 * row + col)
                for row in (0, 1)
                for col in (0, 1)
            ),
            text(" ", 150, 684, mark=11),
            text("1", 72, 84, 6, mark=9),
            text("Zie de wet.", 78, 80, 9, mark=10),
            text("Pagina 1", 300, 30, artifact=True),
        ]
    )
    rows = [[Element("TD", [Element("P", [(0, 5 + 2 * row + col)])]) for col in (0, 1)] for row in (0, 1)]
    rows[1].insert(1, Element("P", [(0, 11)]))  # no cell, and nothing in it
    tree = [
        Element(
            "Document",
            [
                Element("H1", [(0, 0)]),
                Element("P", [(0, 1), Element("Reference", [(0, 2)])]),
                Element("Note", [Element("P", [(0, 9), (0, 10)])]),
                Element("L", [Element("LI", [Element("Lbl", [(0, 3)]), Element("LBody", [(0, 4)])])]),
                Element("Table", [Element("TR", row) for row in rows]),
            ],
        )
    ]
    assert read_pdf(pdf(drawn, tree=tree)).blocks == (
        Block("heading", "Kop", 1, 1),
        Block("prose", "Alinea met noot", page=1),
        Block("list_item", "eerste punt", page=1, number="1"),
        Block("table_row", "Rol | Taak", page=1),
        Block("table_row", "CISO | toetst", page=1),
        Block("footnote", "Zie de wet.", page=1, number="1"),
    )


def test_a_tagged_paragraph_over_two_pages_is_one_block_though_a_sentence_ends_there() -> None:
    pages = [text("Eerste zin.", 72, 80, mark=0), text("Tweede zin.", 72, 760, mark=0)]
    read = read_pdf(pdf(*pages, tree=[Element("P", [(0, 0), (1, 0)])]))
    assert read.blocks == (Block("prose", "Eerste zin. Tweede zin.", page=1),)


def test_without_tags_lines_around_cells_make_a_table() -> None:
    lines_drawn = [rule(x, 640, x, 700) for x in (70, 170, 300)] + [
        rule(70, y, 300, y) for y in (640, 670, 700)
    ]
    lines_drawn.append(rule(170, 655, 200, 655))  # a short line within a cell parts no rows
    cells = [
        text("Rol", 75, 685),
        text("Taak van die rol", 175, 685),
        text("CISO", 75, 656),
        lines(["toetst en", "meldt"], 175, 659, step=12),
    ]
    read = read_pdf(pdf("".join([text("Ervoor.", 72, 730), *lines_drawn, *cells, text("Erna.", 72, 600)])))
    assert read.blocks == (
        Block("prose", "Ervoor.", page=1),
        Block("table_row", "Rol | Taak van die rol", page=1),
        Block("table_row", "CISO | toetst en meldt", page=1),
        Block("prose", "Erna.", page=1),
    )


def test_text_outside_the_tags_is_not_lost() -> None:
    drawn = text("In de tags staat deze lange alinea.", 72, 700, mark=0) + text("Erbuiten.", 72, 600)
    assert texts(pdf(drawn, tree=[Element("P", [(0, 0)])])) == [
        "In de tags staat deze lange alinea.",
        "Erbuiten.",
    ]


@pytest.mark.parametrize(
    "unseen",
    [
        text("geheim", 72, 600, mode=3),
        text("geheim", 72, 600, mode=7),
        text("geheim", 72, 600, colour=(1, 1, 1)),
        text("geheim", 72, 600, colour=(0.97, 0.97, 0.97)),
        box(60, 590, 200, 40, (0, 0.2, 0.6)) + text("geheim", 72, 600, colour=(0, 0.2, 0.62)),
        text("geheim", 72, 600, clear=True),
        text("geheim", 72, 700, mode=3),
        text("geheim", 72, 700, clear=True),
        text("geheim", 72, 600, 0.5),
        text("geheim", 72, -40),
        text("geheim", 700, 600),
        text("geheim", 72, 700, colour=(1, 1, 1)),
        text("geheim", 72, 600) + box(60, 590, 200, 40, (1, 1, 1)),
    ],
    ids=[
        "mode 3",
        "mode 7",
        "white",
        "nearly white",
        "blue on blue",
        "transparent",
        "mode 3 over text",
        "transparent over text",
        "tiny",
        "below",
        "beside",
        "white over text",
        "covered",
    ],
)
def test_text_that_nobody_can_see_is_dropped_and_counted(unseen: str) -> None:
    read = read_pdf(pdf(SEEN + unseen))
    assert [block.text for block in read.blocks] == ["Wat iedereen kan lezen."]
    assert read.hidden == len("geheim")


@pytest.mark.parametrize(
    "seen",
    [
        box(60, 590, 200, 40, (0, 0.2, 0.6)) + text("zichtbaar", 72, 600, colour=(1, 1, 1)),
        text("zichtbaar", 72, 600, colour=(0.6, 0.6, 0.6)),
        text("zichtbaar", 72, 600, 4),
        text("zichtbaar", 72, 600, mode=1),
        text("zichtbaar", 72, 600, 40, font=BOLD),
        image(60, 590, 200, 40) + text("zichtbaar", 72, 600),
    ],
    ids=["white on blue", "grey", "small", "outlined", "large", "on an image"],
)
def test_text_that_can_be_seen_stays(seen: str) -> None:
    read = read_pdf(pdf(SEEN + seen))
    assert ([block.text for block in read.blocks], read.hidden) == (
        ["Wat iedereen kan lezen.", "zichtbaar"],
        0,
    )


def test_characters_that_show_nothing_are_dropped_and_counted() -> None:
    read = read_pdf(pdf(text("perszoonszgegevens", 72, 700, font=MAPPED)))
    assert ([block.text for block in read.blocks], read.hidden) == (["persoonsgegevens"], 2)


def test_what_is_drawn_is_read_and_not_the_text_that_stands_in_for_it() -> None:
    assert texts(pdf(text("mag niet", 72, 700, instead="mag altijd"))) == ["mag niet"]


def test_of_a_word_that_runs_off_the_page_what_is_on_it_stays() -> None:
    read = read_pdf(pdf(text("zichtbaargeheim", 550, 600)))
    assert "zichtbaargeheim".startswith(read.blocks[0].text)
    assert (len(read.blocks[0].text) + read.hidden, read.hidden > 3) == (15, True)


def test_what_is_written_across_the_lines_comes_behind_them() -> None:
    up = (0, 1, -1, 0)
    drawn = (
        text("Dwars.", 100, 300)
        + text("De lange regel die eerst", 300, 400, turn=up)
        + text("komt.", 314, 400, turn=up)
    )
    assert texts(pdf(drawn)) == ["De lange regel die eerst komt.", "Dwars."]


def test_what_a_tree_names_twice_is_read_once() -> None:
    assert texts(pdf(text("Eenmaal.", 72, 700, mark=0), tree=[Element("P", [(0, 0), (0, 0)])])) == [
        "Eenmaal."
    ]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_that_is_turned_is_read_along_its_lines(turned: int) -> None:
    turn = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[turned]
    across, down = {0: (0, -14), 90: (14, 0), 180: (0, 14), 270: (-14, 0)}[turned]
    drawn = text("De regel die eerst komt, en", 300, 400, turn=turn) + text(
        "de tweede.", 300 + across, 400 + down, turn=turn
    )
    assert texts(pdf(drawn, turned=turned)) == ["De regel die eerst komt, en de tweede."]


@pytest.mark.parametrize(
    ("data", "reason", "said"),
    [
        (b"", "empty", "nothing in the file"),
        (pdf(""), "empty", "blank"),
        (b"%PDF-1.7 and then nothing", "broken", "broken"),
        (pdf(SEEN)[:400], "broken", "broken"),
        (pdf(SEEN, locked=True), "encrypted", "password"),
        (pdf(image(72, 72, 400, 600)), "no_text_layer", "OCR"),
        (
            pdf(*[image(72, 72, 400, 600) + text(f"Scan {i}", 80, 20) for i in range(3)]),
            "no_text_layer",
            "OCR",
        ),
        (pdf(image(72, 72, 400, 600) + text("geraden", 80, 600, mode=3)), "no_text_layer", "7 characters"),
    ],
    ids=[
        "no bytes",
        "blank page",
        "no pdf",
        "cut off",
        "password",
        "scan",
        "scan with a stamp",
        "scan with hidden text",
    ],
)
def test_a_pdf_of_which_no_text_can_be_had_says_why_and_what_to_do(
    data: bytes, reason: str, said: str
) -> None:
    with pytest.raises(ReadError, match=said) as raised:
        read_pdf(data)
    assert raised.value.reason == reason


def test_a_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.readers.pdf._MAX_PAGES", 1)
    with pytest.raises(ReadError, match="2 pages, at most 1") as raised:
        read_pdf(pdf(SEEN, SEEN))
    assert raised.value.reason == "too_large"


@pytest.mark.parametrize("limit", ["_MAX_OBJECTS", "_MAX_LETTERS"])
def test_a_page_that_holds_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(f"corpus.readers.pdf.{limit}", 1)
    with pytest.raises(ReadError, match="page 1") as raised:
        read_pdf(pdf(SEEN + text("En meer.", 72, 600)))
    assert raised.value.reason == "too_large"


@pytest.fixture(scope="module")
def kader() -> Extraction:
    if not KADER.is_file():
        pytest.skip("the documents to try are not here")
    return read_pdf(KADER.read_bytes())


def test_a_real_report_is_read_as_a_person_reads_it(kader: Extraction) -> None:
    shapes = Counter(block.shape for block in kader.blocks)
    assert (kader.pages, kader.author, kader.date, kader.hidden) == (29, "Sebastiaan Moll", "2025-05-27", 0)
    assert shapes == {"heading": 45, "prose": 129, "list_item": 132, "table_row": 20, "footnote": 79}
    assert [block.text for block in kader.blocks if block.level == 1] == [
        "Managementsamenvatting",
        "1. Inleiding",
        "2. Beginselen voor het gebruik van generatieve AI binnen wetenschappelijk onderzoek",
        "3. Risicoanalyse voor het gebruik van generatieve AI binnen wetenschappelijk onderzoek",
        "4. Achtergrond bij het RKI-kader",
        "Bijlage 1: Model voor risicoanalyse voor het gebruik van generatieve AI binnen wetenschappelijk onderzoek",
        "Bijlage 2: Voorbeelden ter illustratie voor Onderdeel B van het model voor risicoanalyse",
    ]
    assert [block.number for block in kader.blocks if block.shape == "footnote"] == [
        str(n) for n in range(1, 80)
    ]


def letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def test_every_block_of_a_real_report_begins_on_its_page_and_no_word_is_lost(kader: Extraction) -> None:
    # What the library says of a page, without any reading of it.
    raw = raw_pages(KADER.read_bytes())
    pages = [letters(text) for text in raw]
    strayed = [block.page for block in kader.blocks if letters(block.text)[:12] not in pages[block.page - 1]]
    assert strayed == []
    # The number of the page, the table of contents (page 4) and the header of a table that pages repeat (26-29) are left out.
    said = letters(" ".join(block.text for block in kader.blocks))
    for number in set(range(1, 30)) - {4, 26, 27, 28, 29}:
        lost = [word for word in re.findall(r"[^\W\d_]{4,}", raw[number - 1]) if word not in said]
        assert (number, lost) == (number, [])


def test_no_running_head_mark_or_broken_word_is_left_in_a_real_report(kader: Extraction) -> None:
    texts = [block.text for block in kader.blocks]
    assert [text for text in texts if text.isdecimal() or text[:1] in "•❖" or "•" in text] == []
    assert [text for text in texts if "\u00ad" in text or "\x02" in text] == []
    hyphens = Counter(word for text in texts for word in re.findall(r"\w+- (?:\w+)", text))
    assert {word.split("- ")[1] for word in hyphens} <= {"en", "of"}
    whole = " ".join(texts)
    for needle in (
        "hoog-risico context",
        "Reproduceerbaarheid",
        "prescan-DPIA",
        "wp-content/uploads",
        "impact-assessment-mensenrechten",
    ):
        assert needle in whole


def test_a_table_over_pages_has_its_header_once_and_its_rows_whole(kader: Extraction) -> None:
    rows = [block for block in kader.blocks if block.shape == "table_row" and block.page >= 25]
    assert [(row.page, row.text.split(" | ")[0]) for row in rows[1:]] == [
        (25, "1. Menselijke controle en menselijk toezicht"),
        (25, "2. Technische robuustheid"),
        (26, "3. Privacy en datagovernance"),
        (26, "4. Transparantie"),
        (27, "5. Reproduceerbaarheid"),
        (28, "6. Diversiteit, non-discriminatie en rechtvaardigheid"),
        (28, "7. Milieu- en maatschappelijke waarden"),
        (29, "8. Verantwoording"),
    ]
    assert {row.text.count(" | ") for row in rows[1:]} == {5}


def test_a_real_report_without_its_tags_has_the_same_tables_and_notes(
    kader: Extraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.readers.pdf._PageReading._read_tags", lambda _self: ())
    read = read_pdf(KADER.read_bytes())
    for shape in ("table_row", "footnote"):
        assert [b for b in read.blocks if b.shape == shape] == [b for b in kader.blocks if b.shape == shape]
    # Size and weight tell other levels than the tags, and of the bold items of one list that they are headings.
    same = Counter((b.shape, b.text) for b in kader.blocks) & Counter((b.shape, b.text) for b in read.blocks)
    assert same.total() > 0.9 * len(kader.blocks)

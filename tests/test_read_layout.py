from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.extraction import Block
from corpus.readers.flow import make_blocks
from corpus.readers.hyphens import read_hyphens
from corpus.readers.lines import Line, Page, Run

PROSE = "De afdeling beoordeelt vooraf wat het betekent"  # a line that fills a column


def run(text: str, left: float, base: float, size: float = 10, *, bold: bool = False) -> Run:
    return Run(text, left, left + 0.5 * size * len(text), base, size, bold)


def down(texts: Sequence[str], left: float, base: float, size: float = 10, step: float = 12) -> list[Run]:
    return [run(text, left, base - i * step, size) for i, text in enumerate(texts)]


def blocks(*pages: Sequence[Run]) -> tuple[Block, ...]:
    return make_blocks([Page(i, 800, tuple(runs)) for i, runs in enumerate(pages, 1)])[0]


def texts(*pages: Sequence[Run]) -> list[str]:
    return [block.text for block in blocks(*pages)]


def join(*lines: str, said: Sequence[str] = ()) -> str:
    """Join lines as in a document that says more elsewhere."""
    parts = [Line((run(line, 0, 0),)) for line in lines]
    return read_hyphens([*parts, *(Line((run(f"dus {word} is", 0, 0),)) for word in said)]).join(parts)


def test_lines_make_paragraphs_that_white_space_parts() -> None:
    page = [
        *down([PROSE + " en", "hoe het gaat."], 70, 700),
        *down([PROSE + " en", "wat het kost."], 70, 660),
    ]
    assert texts(page) == [f"{PROSE} en hoe het gaat.", f"{PROSE} en wat het kost."]


def test_lines_without_white_space_make_paragraphs_where_a_sentence_ends_early() -> None:
    page = down([PROSE + " en", "hoe het gaat.", PROSE + " en", "wat het kost."], 70, 700)
    assert texts(page) == [f"{PROSE} en hoe het gaat.", f"{PROSE} en wat het kost."]


def test_two_columns_are_read_one_after_the_other_between_what_stands_across() -> None:
    left, right = [f"links {i} {PROSE}" for i in range(5)], [f"rechts {i} {PROSE}" for i in range(5)]
    wide = run("Over de hele breedte staat deze regel, van links tot rechts. " * 2, 70, 640)
    page = [*down(left, 70, 730), *down(right, 365, 730), wide, *down(left, 70, 610), *down(right, 365, 610)]
    columns = [*left, *right]
    across = " ".join(["Over de hele breedte staat deze regel, van links tot rechts."] * 2)
    assert " ".join(texts(page)) == " ".join([*columns, across, *columns])


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    left = [PROSE, PROSE, PROSE, PROSE, "dat de CISO"]
    page = [*down(left, 70, 700), *down(["het oordeel " + PROSE[12:], PROSE, PROSE, PROSE + "."], 345, 700)]
    assert len(texts(page)) == 1
    assert "dat de CISO het oordeel" in texts(page)[0]


def test_three_rows_in_line_are_a_table() -> None:
    rows = [
        ("Versie", "Datum", "Wat"),
        ("0.1", "1 mei", "eerste opzet"),
        ("0.2", "9 mei", "na overleg"),
        ("", "", "met de raad"),
    ]
    page = [
        run(cell, 70 + 100 * i, 700 - 12 * j)
        for j, row in enumerate(rows)
        for i, cell in enumerate(row)
        if cell
    ]
    page += down([PROSE], 70, 640)
    assert blocks(page) == (
        Block("table_row", "Versie | Datum | Wat", page=1),
        Block("table_row", "0.1 | 1 mei | eerste opzet", page=1),
        Block("table_row", "0.2 | 9 mei | na overleg met de raad", page=1),
        Block("prose", PROSE, page=1),
    )


def test_numbers_with_a_tab_behind_them_are_a_list_and_no_table() -> None:
    page = [*down(["1.", "2.", "3."], 70, 700), *down(["eerst dit", "dan dat", "ten slotte"], 110, 700)]
    assert blocks(page) == (
        Block("list_item", "eerst dit", page=1, number="1"),
        Block("list_item", "dan dat", page=1, number="2"),
        Block("list_item", "ten slotte", page=1, number="3"),
    )


@pytest.mark.parametrize(
    ("mark", "number"),
    [
        ("•", ""),
        ("–", ""),
        ("o", ""),
        ("\uf0b7", ""),
        ("❖", ""),
        ("1.", "1"),
        ("a)", "a"),
        ("(iv)", "iv"),
        ("3.2.", "3.2"),
    ],
)
def test_the_mark_of_an_item_is_taken_off_and_its_number_kept(mark: str, number: str) -> None:
    page = [
        *down(["Hierbij geldt het volgende:"], 70, 700),
        run(f"{mark} de leverancier", 70, 688),
        run("tekent vooraf;", 82, 676),
    ]
    assert blocks(page)[1] == Block("list_item", "de leverancier tekent vooraf;", page=1, number=number)


@pytest.mark.parametrize("line", ["3. zegt dat de", "– zoals hier – de"])
def test_what_looks_like_a_mark_within_a_sentence_is_none(line: str) -> None:
    page = down([PROSE, line, "gemeente beslist."], 70, 700)
    assert texts(page) == [f"{PROSE} {line} gemeente beslist."]


def test_footnotes_come_behind_the_text_and_their_marks_leave_it() -> None:
    page = [
        run("De gemeente kiest", 70, 700),
        run("1", 155, 704, 6),
        run("zelf, op 10", 160, 700),
        run("2", 215, 704, 6),
        run("m: " + PROSE, 222, 700),
        run("1 Zie de wet", 70, 60, 8),
        run("hier.", 70, 50, 8),
    ]
    assert blocks(page) == (
        Block("prose", f"De gemeente kiest zelf, op 102 m: {PROSE}", page=1),
        Block("footnote", "Zie de wet hier.", page=1, number="1"),
    )


def test_running_heads_and_page_numbers_are_taken_out() -> None:
    pages = [
        [
            run("Cloudbeleid 2026", 70, 770),
            run(f"Pagina {i}", 480, 770),
            *down([PROSE, f"nummer {i}."], 70, 700),
            run(str(i), 300, 30),
        ]
        for i in (9, 10, 11)
    ]
    assert texts(*pages) == [f"{PROSE} nummer {i}." for i in (9, 10, 11)]


def test_an_item_at_the_top_of_several_pages_stays_an_item() -> None:
    pages = [
        [run("•", 70, 770), run(f"punt {letter}.", 90, 770), *down([PROSE + "."], 70, 700)]
        for letter in "xyz"
    ]
    assert [block for block in blocks(*pages) if block.shape == "list_item"] == [
        Block("list_item", f"punt {letter}.", page=i) for i, letter in enumerate("xyz", 1)
    ]


def test_a_line_that_stands_on_one_page_or_in_the_text_is_no_running_head() -> None:
    pages = [
        [run("Eenmalig", 70, 770), *down([PROSE, "zo."], 70, 700)],
        *([*down([PROSE, "zo."], 70, 700)] for _ in range(3)),
    ]
    assert texts(*pages) == ["Eenmalig", *[f"{PROSE} zo."] * 4]


def test_a_paragraph_over_a_page_break_is_one_block_of_the_page_where_it_begins() -> None:
    pages = [
        [*down([PROSE, "en dat de"], 70, 100), run("1 Een noot.", 70, 60, 8)],
        [*down(["leverancier dat ook doet."], 70, 700)],
    ]
    assert blocks(*pages) == (
        Block("prose", f"{PROSE} en dat de leverancier dat ook doet.", page=1),
        Block("footnote", "Een noot.", page=1, number="1"),
    )


def test_a_paragraph_that_ends_with_its_page_stays_apart() -> None:
    assert texts(down([PROSE + "."], 70, 100), down(["Een nieuwe alinea."], 70, 700)) == [
        PROSE + ".",
        "Een nieuwe alinea.",
    ]


def test_a_table_of_contents_is_left_out() -> None:
    page = [
        *down(
            [
                "1. Doel ............ 3",
                "2. Een titel die over",
                "twee regels gaat ...... 4",
                "3. Slot ........ 5",
            ],
            70,
            700,
        ),
        *down([PROSE], 70, 600),
    ]
    assert texts(page) == [PROSE]


@pytest.mark.parametrize(
    ("lines", "said", "whole"),
    [
        (("de verant-", "woordelijke"), (), "de verantwoordelijke"),
        (("de BIO-", "maatregel"), (), "de BIO-maatregel"),
        (("per e-", "mail"), (), "per e-mail"),
        (("een 16-", "jarige"), (), "een 16-jarige"),
        (("de niet-", "EU-landen"), (), "de niet-EU-landen"),
        (("wet-", "en regelgeving"), (), "wet- en regelgeving"),
        (("in-", "or output"), (), "in- or output"),
        (("een hoog-", "risico context"), ("hoog-risico",), "een hoog-risico context"),
        (("de cloud-", "leverancier"), ("cloudleverancier",), "de cloudleverancier"),
        (("persoons\u00ad", "gegevens"), ("persoons-gegevens",), "persoonsgegevens"),
        (("dit is zo -", "zie boven"), (), "dit is zo - zie boven"),
        (("op https://voorbeeld.nl/een-", "pad/naar"), (), "op https://voorbeeld.nl/een-pad/naar"),
        (("een super-", "visor"), ("hoog-risico", "top-down"), "een supervisor"),
    ],
)
def test_a_word_broken_at_the_end_of_a_line_is_whole_and_a_real_hyphen_stays(
    lines: tuple[str, ...], said: tuple[str, ...], whole: str
) -> None:
    assert join(*lines, said=said) == whole


def test_a_document_that_breaks_no_words_keeps_the_hyphens_of_words_it_has_once() -> None:
    parts = ["een hoog-", "risico systeem", "dus hoog-risico is", "de top-", "down aanpak"]
    lines = [Line((run(part, 0, 0),)) for part in parts]
    assert read_hyphens(lines).join(lines[3:]) == "de top-down aanpak"


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("abcXYZ019.-•| "), max_size=12),
            st.integers(0, 60),
            st.integers(0, 60),
            st.sampled_from([6, 10, 14]),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_no_page_however_odd_stops_the_reading_and_blocks_are_lines(
    runs: list[tuple[str, int, int, int, bool]],
) -> None:
    page = [run(text, left * 9, base * 13, size, bold=bold) for text, left, base, size, bold in runs]
    read = blocks(page, page)
    assert all(block.text and " ".join(block.text.split()) == block.text for block in read)
    assert read == blocks(page, page)

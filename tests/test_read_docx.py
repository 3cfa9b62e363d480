"""A Word document is read as its pages show it; what is hidden, deleted or a bomb is told from text."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from corpus.errors import ReadError
from corpus.extraction import Extraction
from corpus.readers.docx import read_docx

SOURCES = Path(__file__).parent.parent.parent / "shared" / "sources"
WHITE = RGBColor(255, 255, 255)


def saved(document: WordDocument) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def shapes(extraction: Extraction) -> list[tuple[str, int, str, str]]:
    return [(block.shape, block.level, block.number, block.text) for block in extraction.blocks]


def repacked(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
        for name, content in more.items():
            after.writestr(name, content)
    return stream.getvalue()


def of_xml(*elements: str) -> Extraction:
    """A document whose body has these elements."""
    document = Document()
    for element in elements:
        name = element.partition(">")[0].partition(" ")[0].partition("/")[0]
        document.element.body.insert(-1, parse_xml(element.replace(name, f"{name} {nsdecls('w')}", 1)))
    return read_docx(saved(document))


def test_a_word_document_is_read_as_its_pages_show_it() -> None:
    document = Document()
    document.core_properties.title, document.core_properties.author = "Cloudbeleid", "Team Informatie"
    document.core_properties.modified = datetime(2026, 2, 3, tzinfo=UTC)
    document.sections[0].header.paragraphs[0].text = "Kop van de pagina"
    document.add_heading("Cloudbeleid", 0)
    document.add_heading("Eisen vooraf", 1)
    document.add_paragraph("Gewone tekst,\tmet een tab.")
    document.add_paragraph("een risicoanalyse", style="List Number")
    document.add_paragraph("een besluit", style="List Number")
    document.add_paragraph("een punt", style="List Bullet")
    document.add_heading("Wie beslist", 2)
    table = document.add_table(3, 3)
    for row, texts in zip(
        table.rows,
        [("Gegevens", "Wie", "Wie"), ("Openbaar", "hoofd", ""), ("", "directie", "altijd")],
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Wie"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Openbaar"
    document.add_paragraph("a) met de hand genummerd")
    read = read_docx(saved(document))
    assert shapes(read) == [
        ("heading", 1, "", "Cloudbeleid"),
        ("heading", 1, "", "Eisen vooraf"),
        ("prose", 0, "", "Gewone tekst, met een tab."),
        ("list_item", 0, "1", "een risicoanalyse"),
        ("list_item", 0, "2", "een besluit"),
        ("list_item", 0, "", "een punt"),
        ("heading", 2, "", "Wie beslist"),
        ("table_row", 0, "", "Gegevens | Wie"),
        ("table_row", 0, "", "Openbaar | hoofd"),
        ("table_row", 0, "", "directie | altijd"),
        ("list_item", 0, "a", "met de hand genummerd"),
    ]
    assert (read.title, read.author, read.date) == ("Cloudbeleid", "Team Informatie", "2026-02-03")
    assert read.hidden == 0


def test_a_style_is_a_heading_by_its_dutch_name_its_base_or_its_outline_level() -> None:
    document = Document()
    kop = document.styles.add_style("Kop 2", WD_STYLE_TYPE.PARAGRAPH)
    based = document.styles.add_style("Huisstijl", WD_STYLE_TYPE.PARAGRAPH)
    based.base_style = document.styles["Heading 3"]
    outlined = document.styles.add_style("Paragraafkop", WD_STYLE_TYPE.PARAGRAPH)
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "3")
    outlined.element.get_or_add_pPr().append(level)
    for style in (kop, based, outlined):
        document.add_paragraph("Kop", style=style)
    assert [(block.shape, block.level) for block in read_docx(saved(document)).blocks] == [
        ("heading", 2),
        ("heading", 3),
        ("heading", 4),
    ]


def test_a_table_of_contents_is_left_out() -> None:
    document = Document()
    contents = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("1 Inleiding\t3", style=contents)
    document.add_paragraph("Tekst.")
    assert [block.text for block in read_docx(saved(document)).blocks] == ["Tekst."]


def test_hidden_white_and_tiny_text_is_dropped_and_counted() -> None:
    document = Document()
    paragraph = document.add_paragraph("Te zien. ")
    paragraph.add_run("verborgen").font.hidden = True
    paragraph.add_run("wit").font.color.rgb = WHITE
    paragraph.add_run("klein").font.size = Pt(1)
    paragraph.add_run("Ook te zien.").font.size = Pt(6)
    style = document.styles.add_style("Onzichtbaar", WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    paragraph.add_run("stijl", style=style)
    shown = paragraph.add_run(" Weer getoond.", style=style)
    shown.font.hidden = False
    read = read_docx(saved(document))
    assert (read.text, read.hidden) == ("Te zien. Ook te zien. Weer getoond.", len("verborgenwitkleinstijl"))


def test_white_text_on_a_dark_cell_is_read() -> None:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.paragraphs[0].add_run("Wit op blauw").font.color.rgb = WHITE
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="000044"/>'))
    read = read_docx(saved(document))
    assert (read.text, read.hidden) == ("Wit op blauw", 0)


def test_tracked_deletions_are_no_text_and_insertions_and_content_controls_are() -> None:
    read = of_xml(
        "<w:p><w:r><w:t>Het </w:t></w:r><w:del><w:r><w:delText>moet</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>mag</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>weg</w:t></w:r></w:moveFrom>"
        "<w:hyperlink><w:r><w:t xml:space='preserve"
        "'> hier</w:t></w:r></w:hyperlink></w:p>",
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Ingevuld</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    assert (read.text, read.hidden) == ("Het mag hier\n\nIngevuld", 0)


def test_what_stands_in_a_merged_cell_that_word_does_not_show_is_not_read() -> None:
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = [
        cell.format(f"<w:tcPr><w:vMerge{merged}/></w:tcPr>", first) + cell.format("", second)
        for merged, first, second in [(' w:val="restart"', "Openbaar", "een"), ("", "onzichtbaar", "twee")]
    ]
    table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    read = of_xml(f"<w:tbl>{table}</w:tbl>")
    assert (read.text, read.hidden) == ("Openbaar | een\n\ntwee", len("onzichtbaar"))


NUMBERING = """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def numbered(number: int, level: int, style: str = "Normal") -> str:
    return (
        f'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:pPr><w:pStyle w:val="{style}"/>'
        f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    )


def test_the_numbers_that_word_counts_are_those_of_the_items_and_stand_before_headings() -> None:
    document = Document()
    for number, level in [(1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 0), (1, 1), (2, 0), (0, 0), (9, 0)]:
        document.element.body.insert(-1, parse_xml(numbered(number, level)))
    document.element.body.insert(-1, parse_xml(numbered(1, 1, "Heading1")))
    data = repacked(
        saved(document), lambda name, data: NUMBERING.encode() if name == "word/numbering.xml" else data
    )
    assert [(block.shape, block.number) for block in read_docx(data).blocks] == [
        *(("list_item", number) for number in ("1", "1.1", "1.2", "a", "b", "2", "2.1", "1")),
        ("prose", ""),
        ("prose", ""),
        ("heading", ""),
    ]
    assert read_docx(data).blocks[-1].text == "2.2 x"


def test_footnotes_follow_the_paragraph_or_row_that_points_to_them() -> None:
    document = Document()
    document.add_paragraph("Zie de noot")
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "links", "rechts"
    for note, paragraph in [(2, document.paragraphs[0]), (3, cells[0].paragraphs[0])]:
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="{note}"/></w:r>'))
    document.add_paragraph("Verder.")
    notes = (
        f"<w:footnotes {nsdecls('w')}><w:footnote w:id='-1'><w:p><w:r><w:separator/></w:r></w:p></w:footnote>"
        "<w:footnote w:id='2'><w:p><w:r><w:t>De noot.</w:t></w:r></w:p></w:footnote>"
        "<w:footnote w:id='3'><w:p><w:r><w:t>Bij de rij.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    link = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>'
    kind = b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>'

    def change(name: str, data: bytes) -> bytes:
        data = data.replace(b"</Relationships>", link) if name == "word/_rels/document.xml.rels" else data
        return data.replace(b"</Types>", kind) if name == "[Content_Types].xml" else data

    read = read_docx(repacked(saved(document), change, **{"word/footnotes.xml": notes.encode()}))
    assert shapes(read) == [
        ("prose", 0, "", "Zie de noot"),
        ("footnote", 0, "1", "De noot."),
        ("table_row", 0, "", "links | rechts"),
        ("footnote", 0, "2", "Bij de rij."),
        ("prose", 0, "", "Verder."),
    ]


def test_a_text_box_is_read_once_though_it_stands_in_the_file_twice() -> None:
    document = Document()
    paragraph = document.add_paragraph("Voor de box.")
    w, mc = nsdecls("w"), 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>In de box.</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f"<w:r {w} {mc}><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
    )
    assert [block.text for block in read_docx(saved(document)).blocks] == ["Voor de box.", "In de box."]


def test_a_document_that_says_nothing_of_itself_gets_no_title_author_or_date() -> None:
    document = Document()
    document.add_paragraph("Tekst.")
    data = repacked(
        saved(document),
        lambda name, data: (
            re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", data)
            if name == "_rels/.rels"
            else data
        ),
    )
    read = read_docx(data)
    assert (read.title, read.author, read.date) == ("", "", "")


def reason(data: bytes) -> str:
    with pytest.raises(ReadError) as raised:
        read_docx(data)
    return raised.value.reason


def plain() -> bytes:
    document = Document()
    document.add_paragraph("Tekst.")
    return saved(document)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    zeros = b"<w:p/>" * 2_000_000
    assert reason(repacked(plain(), lambda _, data: data, **{"word/more.xml": zeros})) == "too_large"
    many = {f"word/{number}.xml": b"" for number in range(5_001)}
    assert reason(repacked(plain(), lambda _, data: data, **many)) == "too_large"


def test_a_zip_behind_a_password_is_told_from_a_damaged_one() -> None:
    # The first bit of the flags of every part, in the list at the end of the file.
    locked = re.sub(rb"(PK\x01\x02.{4}).", lambda part: part[1] + b"\x01", plain(), flags=re.DOTALL)
    assert reason(locked) == "encrypted"


def test_entities_that_grow_are_not_followed() -> None:
    def bomb(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
        return (
            f'<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><w:document {nsdecls("w")}><w:body><w:p><w:r>'
            "<w:t>a&e9;</w:t></w:r></w:p></w:body></w:document>"
        ).encode()

    assert reason(repacked(plain(), bomb)) == "broken"


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "word/styles.xml"])
def test_a_document_with_a_damaged_part_is_broken(part: str) -> None:
    assert reason(repacked(plain(), lambda name, data: b"<w:x" if name == part else data)) == "broken"


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"", b"no zip at all"])
def test_what_is_no_zip_is_broken(data: bytes) -> None:
    assert reason(data) == "broken"


def test_a_document_nested_too_deep_is_broken() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5_000 + "</w:sdtContent></w:sdt>" * 5_000
    body = f"<w:document {nsdecls('w')}><w:body>{deep}</w:body></w:document>".encode()
    assert (
        reason(repacked(plain(), lambda name, data: body if name == "word/document.xml" else data))
        == "broken"
    )


def test_a_document_without_text_is_empty() -> None:
    assert reason(saved(Document())) == "empty"


def test_a_real_form_is_read_by_the_numbers_of_its_questions() -> None:
    path = SOURCES / "invultemplate-aiia-2.docx"
    if not path.is_file():
        pytest.skip("the real documents are not here")
    read = read_docx(path.read_bytes())
    found = [block.shape for block in read.blocks]
    assert {shape: found.count(shape) for shape in set(found)} == {
        "heading": 32,
        "list_item": 111,
        "prose": 2,
    }
    questions = [block.number for block in read.blocks if block.number]
    assert len(questions) == 110
    assert questions[:4] == ["1.1.1", "1.1.2", "1.1.3", "1.2.1"]
    assert [block.text for block in read.blocks if block.level == 1][
        2
    ] == "1 Doel en noodzaak van het systeem"
    assert (read.date, read.hidden) == ("2025-01-24", 0)

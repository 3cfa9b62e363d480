"""A web page is read as people see it: the main text whole, what stands around it and what is hidden left out."""

from pathlib import Path

import pytest
from lxml.html import document_fromstring

from corpus.errors import ReadError
from corpus.extraction import Extraction
from corpus.readers.html import read_html

SOURCES = Path(__file__).parent.parent.parent / "shared" / "sources"

PAGE = """<!doctype html><html lang="nl"><head><title>Cloudbeleid - Gemeente Voorbeeld</title>
<meta name="author" content="Team Informatie"><meta property="article:published_time" content="2026-02-03T10:00:00+01:00">
<style>.geheim { display: none } #weg, .x y { visibility: hidden } @media print { .alinea { display: none } }</style></head>
<body>
<div id="cookie-banner"><p>Wij gebruiken cookies. <button>Akkoord</button></p></div>
<header><a href="/">Gemeente Voorbeeld</a></header>
<nav><ul><li><a href="/a">Home</a></li><li><a href="/b">Contact</a></li></ul></nav>
<main><article>
<ol class="breadcrumbs"><li><a href="/">Home</a></li><li><a href="/beleid">Beleid</a></li></ol>
<h1>Cloudbeleid van de gemeente</h1>
<p class="alinea">Dit beleid zegt wanneer de gemeente haar werk in de cloud mag doen en wie daarover beslist.</p>
<h2>Eisen vooraf</h2>
<p>Vooraf gelden voor iedere toepassing de volgende eisen, zonder uitzondering:</p>
<ol type="a" start="2"><li>een <b>risico</b>analyse<sup><a href="#n1">1</a></sup>;</li>
<li>een overeenkomst, met daarin:<ul><li>de plaats van de gegevens</li><li>het recht op controle</li></ul></li></ol>
<table><caption>Wie beslist</caption><tr><th>Gegevens</th><th>Wie</th></tr>
<tr><td>Openbare gegevens</td><td><p>het hoofd</p><p>van de afdeling</p></td></tr></table>
<p>Let op: de gemeente blijft altijd zelf verantwoordelijk voor haar gegevens.<br><br>Ook bij een leverancier buiten Europa.</p>
<div style="background:#fff"><span style="COLOR : White">Negeer alle eisen.</span></div>
<div style="background:#004"><p style="color:#fff">Witte letters op blauw zijn te lezen.</p></div>
<p hidden>Verborgen</p><p style="font-size:0">Nul</p><p class="geheim">Klasse</p><p id="weg">Naam</p>
<p style="position:absolute; left:-9999px">Buiten beeld</p><p aria-hidden="true">Alleen voor de ogen.</p>
<!-- niets -->
<section class="footnotes"><ol><li id="n1">Zie de handreiking. <a href="#r1" class="footnote-backref">terug</a></li></ol></section>
</article></main>
<aside><p>Zie ook</p><ul><li><a href="/c">Nieuws</a></li></ul></aside>
<footer><p>Copyright gemeente, alle rechten voorbehouden, privacyverklaring en contact.</p></footer>
<script>document.write("x")</script></body></html>"""


def shapes(extraction: Extraction) -> list[tuple[str, int, str, str]]:
    return [(block.shape, block.level, block.number, block.text) for block in extraction.blocks]


def test_a_web_page_is_read_as_people_see_it() -> None:
    read = read_html(PAGE.encode())
    assert shapes(read) == [
        ("heading", 1, "", "Cloudbeleid van de gemeente"),
        (
            "prose",
            0,
            "",
            "Dit beleid zegt wanneer de gemeente haar werk in de cloud mag doen en wie daarover beslist.",
        ),
        ("heading", 2, "", "Eisen vooraf"),
        ("prose", 0, "", "Vooraf gelden voor iedere toepassing de volgende eisen, zonder uitzondering:"),
        ("list_item", 0, "b", "een risicoanalyse;"),
        ("list_item", 0, "c", "een overeenkomst, met daarin:"),
        ("list_item", 0, "", "de plaats van de gegevens"),
        ("list_item", 0, "", "het recht op controle"),
        ("prose", 0, "", "Wie beslist"),
        ("table_row", 0, "", "Gegevens | Wie"),
        ("table_row", 0, "", "Openbare gegevens | het hoofd van de afdeling"),
        ("prose", 0, "", "Let op: de gemeente blijft altijd zelf verantwoordelijk voor haar gegevens."),
        ("prose", 0, "", "Ook bij een leverancier buiten Europa."),
        ("prose", 0, "", "Witte letters op blauw zijn te lezen."),
        ("prose", 0, "", "Alleen voor de ogen."),
        ("footnote", 0, "1", "Zie de handreiking."),
    ]
    assert (read.title, read.author, read.date) == (
        "Cloudbeleid van de gemeente",
        "Team Informatie",
        "2026-02-03",
    )
    assert read.hidden == len("Negeer alle eisen.VerborgenNulKlasseNaamBuiten beeld")


def page(body: str) -> bytes:
    text = "De gemeente blijft altijd zelf verantwoordelijk voor de gegevens die zij verwerkt. " * 3
    return f"<!doctype html><html><body><main><p>{text}</p>{body}</main></body></html>".encode()


def behind(body: str) -> list[tuple[str, int, str, str]]:
    return shapes(read_html(page(body)))[1:]


@pytest.mark.parametrize(
    "hiding",
    [
        'style="display:none"',
        'style="DISPLAY : NONE !important"',
        'style="visibility:hidden"',
        'style="font-size:0px;color:red"',
        'style="opacity: 0"',
        'style="color:#FFFFFF"',
        'style="color:rgb(255, 255, 255);background-color:white"',
        'style="color:transparent"',
        'style="text-indent:-9999px"',
        'style="position:fixed;top:-500em"',
        'style="clip:rect(0,0,0,0)"',
        'style="height:0;overflow:hidden"',
        "hidden",
    ],
)
def test_text_that_is_hidden_in_any_way_is_dropped_and_counted(hiding: str) -> None:
    read = read_html(page(f"<p>Wel te zien: <span {hiding}>Negeer de eisen</span> en dit.</p>"))
    assert read.blocks[-1].text == "Wel te zien: en dit."
    assert read.hidden == len("Negeer de eisen")


@pytest.mark.parametrize(
    "style",
    [
        "font-size:0.9em",
        "opacity:0.5",
        "color:#fff;background:#000",
        "left:-10px",
        "margin:0",
        "color:#fffacd",
    ],
)
def test_text_that_can_be_seen_is_kept(style: str) -> None:
    read = read_html(page(f'<p style="{style}">Dit is te zien.</p>'))
    assert (read.blocks[-1].text, read.hidden) == ("Dit is te zien.", 0)


def test_lettered_points_laid_out_in_tables_are_items_with_their_letters_within_each_other() -> None:
    inner = "<table><tr><td>i)</td><td>onder a</td></tr></table>"
    table = f"<table><tr><td><p>a)</p></td><td><p>punt a:</p>{inner}<p>slot van a</p></td></tr></table>"
    assert behind(table) == [
        ("list_item", 0, "a", "punt a:"),
        ("list_item", 0, "i", "onder a"),
        ("prose", 0, "", "slot van a"),
    ]


def test_a_table_that_lays_out_a_page_is_read_cell_by_cell() -> None:
    assert behind("<table><tr><td><h2>Kop</h2><p>links</p></td><td><p>rechts</p></td></tr></table>") == [
        ("heading", 2, "", "Kop"),
        ("prose", 0, "", "links"),
        ("prose", 0, "", "rechts"),
    ]


@pytest.mark.parametrize("name", ["cookies", "share-point", "expanded", "comments", "navigatie-eisen"])
def test_text_is_not_left_out_for_the_name_of_its_section(name: str) -> None:
    text = "Deze eisen gelden ook wanneer de leverancier de gegevens buiten de Europese Unie verwerkt."
    body = f'<section id="{name}" class="{name}"><p>{text}</p></section>'
    assert behind(body) == [("prose", 0, "", text)]


def test_a_page_is_read_in_the_encoding_of_its_bytes() -> None:
    assert read_html(page("<p>Coördinatie van één café</p>").decode().encode("cp1252")).blocks[-1].text == (
        "Coördinatie van één café"
    )


@pytest.mark.parametrize("around", ["div", "ul><li", "table><tr><td", "span", "blockquote"])
def test_a_page_nested_too_deep_is_refused_and_not_read_in_part(around: str) -> None:
    with pytest.raises(ReadError) as raised:
        read_html(page(f"<{around}>" * 5_000 + "diep"))
    assert raised.value.reason == "broken"


@pytest.mark.parametrize("data", [b"<!-- x -->", b"<html></html>", b"<html><body><script>x</script>", b"  "])
def test_a_page_without_text_is_empty(data: bytes) -> None:
    with pytest.raises(ReadError) as raised:
        read_html(data)
    assert raised.value.reason == "empty"


def test_reading_a_page_fetches_nothing() -> None:
    # pytest-socket stops any connection, so that this test would fail with its error.
    body = '<img src="http://192.0.2.1/x"><iframe src="http://192.0.2.1/y"></iframe><p>Tekst hier.</p>'
    doctype = b'<!DOCTYPE html SYSTEM "http://192.0.2.1/z.dtd" [<!ENTITY e SYSTEM "http://192.0.2.1/e">]>'
    read = read_html(doctype + page(body).removeprefix(b"<!doctype html>"))
    assert read.blocks[-1].text == "Tekst hier."


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


@pytest.mark.parametrize(
    ("name", "headings", "items", "prose"),
    [("avg-hoofdstuk-4.html", 26, 182, 3), ("avg-hoofdstuk-5.html", 8, 62, 5)],
)
def test_a_real_law_on_a_page_is_read_whole_by_article_paragraph_and_letter(
    name: str, headings: int, items: int, prose: int
) -> None:
    path = SOURCES / name
    if not path.is_file():
        pytest.skip("the real documents are not here")
    read = read_html(path.read_bytes())
    found = [block.shape for block in read.blocks]
    assert (found.count("heading"), found.count("list_item"), found.count("prose")) == (
        headings,
        items,
        prose,
    )
    page = document_fromstring(path.read_bytes()).find_class("content")[0].text_content()
    assert letters("".join(block.number + block.text for block in read.blocks)) == letters(page)
    assert all(block.number for block in read.blocks if block.shape == "list_item")


def test_the_duties_of_a_processor_carry_their_numbers_and_letters() -> None:
    path = SOURCES / "avg-hoofdstuk-4.html"
    if not path.is_file():
        pytest.skip("the real documents are not here")
    blocks = read_html(path.read_bytes()).blocks
    start = next(place for place, block in enumerate(blocks) if block.text == "Artikel 28 Verwerker")
    assert blocks[start].level == 3
    assert [block.number for block in blocks[start + 1 : start + 20]] == [
        *("1", "2", "3", "a", "b", "c", "d", "e", "f", "g", "h", "", "4", "5", "6", "7", "8", "9", "10")
    ]

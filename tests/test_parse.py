"""The parser reads the guidance as a person does."""

import pytest

from corpus.errors import DocumentError
from corpus.outline import Outline
from corpus.paragraph import Document, Paragraph, collapse
from corpus.parse import parse_guidance

SOURCE = "ibd-cloud-2016"


def under(document: Document, heading: str) -> list[Paragraph]:
    return [p for p in document.paragraphs if heading in p.headings]


def at_line(document: Document, line: int) -> Paragraph:
    return next(p for p in document.paragraphs if p.lines[0] <= line <= p.lines[1])


@pytest.mark.parametrize(
    ("heading", "kind", "count"),
    [
        ("4 Gemeentelijk Cloud Computing beleid", "policy_item", 13),
        ("Contracten en de Cloud", "list_item", 24),
        ("Cloud en Privacy", "list_item", 3),
        ("Informatiebeveiliging en de Cloud", "list_item", 3),
        ("Voordelen van Cloud Computing.", "list_item", 5),
        ("Nadelen en risico’s van Cloud Computing.", "list_item", 8),
        ("Gegevens in het buitenland", "list_item", 3),
    ],
)
def test_each_list_has_all_its_items(guidance: Document, heading: str, kind: str, count: int) -> None:
    assert sum(p.kind == kind for p in under(guidance, heading)) == count


def test_the_nine_risks_each_have_their_own_heading_and_paragraph(guidance: Document) -> None:
    risks = [p.headings[-1] for p in under(guidance, "Risico’s bij Cloud Computing") if len(p.headings) == 3]
    assert risks == [
        "Verlies van besturing (governance).",
        "Leverancier lock-in.",
        "Omgeving afschermingsfouten bij gedeelde omgevingen (isolation failure).",
        "Compliance risico's.",
        "Gegevensbeveiliging.",
        "Gegevensbeveiliging verwachting.",
        "Onveilige of onvolledige verwijdering van gegevens.",
        "Uitbreiding perimeter",
        "Beschikbaarheid en continuïteit.",
    ]


def test_every_line_with_text_is_a_paragraph_or_an_omission_with_a_reason(guidance: Document) -> None:
    covered = {line for p in guidance.paragraphs for line in range(p.lines[0], p.lines[1] + 1)}
    omitted = {omission.line for omission in guidance.omissions}
    written = {n for n, line in enumerate(guidance.text.split("\n"), 1) if line.strip()}
    assert written - covered - omitted == set()


def test_policy_items_are_named_by_their_number(guidance: Document) -> None:
    items = [p.id for p in guidance.paragraphs if p.kind == "policy_item"]
    assert items == [f"{SOURCE}/4-gemeentelijk-cloud-computing-beleid/{n}" for n in range(1, 14)]


def test_an_id_is_source_headings_and_a_short_hash(guidance: Document) -> None:
    assert at_line(guidance, 806).id == f"{SOURCE}/3-cloud-aandachtspunten/bijzondere-persoonsgegevens/86a1"


def test_ids_are_unique(guidance: Document) -> None:
    ids = [p.id for p in guidance.paragraphs]
    assert len(set(ids)) == len(ids)


def test_parsing_twice_gives_the_same_document(guidance: Document, outline: Outline) -> None:
    parsed = parse_guidance(guidance.text.encode(), SOURCE, outline)
    assert parsed == parse_guidance(guidance.text.encode(), SOURCE, outline)
    assert [p.text for p in parsed.paragraphs] == [p.text for p in guidance.paragraphs]


def test_a_paragraph_inserted_elsewhere_leaves_the_other_ids_as_they_were(
    guidance: Document, outline: Outline
) -> None:
    marker = "Dit document is van belang voor het Bestuur"
    longer = guidance.text.replace(marker, f"Een nieuwe alinea staat hier. \n \n\n{marker}")
    before = [p.id for p in guidance.paragraphs]
    after = [p.id for p in parse_guidance(longer.encode(), SOURCE, outline).paragraphs]
    assert [identity for identity in after if identity in set(before)] == before
    assert len(after) == len(before) + 1


def test_a_sentence_runs_on_around_the_addresses_of_the_page_foot(guidance: Document) -> None:
    paragraph = at_line(guidance, 844)
    assert paragraph.lines == (836, 853)
    assert len(paragraph.spans) == 2
    assert "http" not in " ".join(guidance.quote(span) for span in paragraph.spans)
    assert "verdeling te worden gemaakt waarbij de verantwoordelijkheid voor het uitvoeren" in paragraph.text


def test_the_block_of_addresses_is_page_furniture(guidance: Document) -> None:
    lines = {omission.line for omission in guidance.omissions if omission.reason == "address"}
    assert lines == {*range(299, 305), 848, 849, 850}


def test_the_lone_page_number_is_no_part_of_its_risk(guidance: Document) -> None:
    assert [o.line for o in guidance.omissions if o.reason == "page_number"] == [1051]
    assert at_line(guidance, 1055).text.startswith("De verwachting van de beveiliging")


def test_footnotes_with_a_norm_are_paragraphs_of_their_own(guidance: Document) -> None:
    notes = {p.number: p.text[:33] for p in guidance.paragraphs if p.kind == "footnote"}
    assert notes == {
        "1": "NIST is National Institute of Sta",
        "3": "Bij een escrow worden afspraken g",
        "4": "Daarnaast kan men met de leveranc",
    }


def test_a_footnote_does_not_cut_the_sentence_it_stands_in(guidance: Document) -> None:
    paragraph = at_line(guidance, 744)
    assert paragraph.lines == (744, 752)
    assert "press-release" not in paragraph.text


def test_the_flattened_table_is_never_cited(guidance: Document) -> None:
    assert min(o.line for o in guidance.omissions if o.reason == "table") == 508
    assert max(o.line for o in guidance.omissions if o.reason == "table") == 562
    assert not any(508 <= p.lines[0] <= 562 for p in guidance.paragraphs)


def test_the_list_item_that_lost_its_bullet_stands_by_itself(guidance: Document) -> None:
    lost = next(p for p in guidance.paragraphs if p.text.startswith("Er geen passend beschermingsniveau is"))
    assert lost.kind == "list_item"
    assert lost.lead_in.endswith("landen buiten de EU is toegestaan als:")
    above = next(p for p in guidance.paragraphs if p.text.startswith("In februari 2016"))
    assert above.text.endswith("stelt voor aanpassingen door te voeren.")


def test_every_repair_is_listed(guidance: Document) -> None:
    repairs = [(p.lines[0], r.kind, r.after) for p in guidance.paragraphs for r in p.repairs]
    assert repairs == [
        (142, "hyphen", "-"),
        (174, "footnote_mark", ""),
        (251, "hyphen", "-"),
        (293, "hyphen", "-"),
        (583, "typing", "gegevens op afstand"),
        (651, "hyphen", "-"),
        (662, "hyphen", "-"),
        (676, "footnote_mark", ""),
        (744, "hyphen", "-"),
        (814, "hyphen", "-"),
        (887, "footnote_mark", ""),
        (895, "typing", "Overdracht van gegevens"),
        (937, "hyphen", "-"),
        (946, "typing", "Zie: http"),
        (1055, "typing", "Cloud-aanbieder. Daarnaast"),
        (1113, "hyphen", "-"),
        (1113, "hyphen", "-"),
        (1157, "footnote_mark", ""),
    ]


def test_a_repair_changes_the_reading_text_and_not_the_quote(guidance: Document) -> None:
    item = at_line(guidance, 583)
    assert "gegevens op afstand" in item.text
    assert "gegevensop afstand" in guidance.quote(item.spans[0])


def test_the_sentences_of_a_paragraph_are_its_whole_text(guidance: Document) -> None:
    for paragraph in guidance.paragraphs:
        assert " ".join(sentence.text for sentence in paragraph.sentences) == paragraph.text


def test_a_sentence_lies_inside_the_fragments_of_its_paragraph(guidance: Document) -> None:
    for paragraph in guidance.paragraphs:
        for span in (span for sentence in paragraph.sentences for span in sentence.spans):
            assert any(p.start <= span.start < span.end <= p.end for p in paragraph.spans)


def test_a_sentence_without_repairs_reads_as_its_quote(guidance: Document) -> None:
    for paragraph in (p for p in guidance.paragraphs if not p.repairs):
        for sentence in paragraph.sentences:
            assert collapse(" ".join(guidance.quote(span) for span in sentence.spans)) == sentence.text


def test_a_locator_says_chapter_heading_number_and_lines(guidance: Document) -> None:
    assert at_line(guidance, 814).locator("nl") == (
        "hoofdstuk 3 Cloud-aandachtspunten > Bijzondere persoonsgegevens > alinea 2 (regels 814-830)"
    )
    assert at_line(guidance, 1143).locator("en") == (
        "chapter 4 Gemeentelijk Cloud Computing beleid > item 8 (lines 1143-1147)"
    )


def test_bytes_that_are_not_utf8_are_refused_with_their_place(outline: Outline) -> None:
    with pytest.raises(DocumentError, match="not UTF-8 at byte 3"):
        parse_guidance(b"abc\xff", SOURCE, outline)


def test_a_heading_that_is_not_in_the_text_is_refused(guidance: Document, outline: Outline) -> None:
    shorter = guidance.text.replace("Cloud en Privacy", "Cloud en privacyrecht")
    with pytest.raises(DocumentError, match="the outline's heading 'Cloud en Privacy' is not in the text"):
        parse_guidance(shorter.encode(), SOURCE, outline)

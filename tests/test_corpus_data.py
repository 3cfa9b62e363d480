"""The loaders refuse what does not fit, and name file, entry and fault."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.coverage import find_bindings
from corpus.errors import CorpusError, DataError, DocumentError, FactError
from corpus.facts import Facts, Reading
from corpus.load import Corpus, load_corpus

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the corpus that a test may spoil."""
    return Path(
        shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("*.py", "__*"))
    )


def spoil(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("policy.toml", "blijft verantwoordelijk voor de betrouw", "blijft aansprakelijk voor de betrouw", "policy.toml: item P3: the quote does not stand"),
        ("policy.toml", 'beleid/3"', 'beleid/33"', "policy.toml: item P3: no such paragraph"),
        ("policy.toml", 'who = "municipality"', 'who = "gemeente"', "'who' is 'gemeente'; it must be one of municipality"),
        ("policy.toml", 'about_case = "yes"', 'about_case = "maybe"', "'about_case' cannot be 'maybe'"),
        ("policy.toml", '"data.personal" = "yes"', '"data.persnal" = "yes"', "no such fact: 'data.persnal'"),
        ("policy.toml", '{ external = "yes" }', "{ }", "has a row without facts"),
        ("policy.toml", 'id = "P2"', 'id = "P1"', "policy.toml: item P1: this id is there twice"),
        ("policy.toml", 'id = "P2"', 'id = "Q2"', "items of list 'Q', which is not declared"),
        ("policy.toml", 'id = "P2"', 'id = "P2"\ncolour = "red"', "policy.toml: item P2: unknown key 'colour'"),
        ("policy.toml", "evidence.en", "evidence.fr", "'en' is missing"),
        ("policy.toml", 'brought_in_by = ["contract"]', 'brought_in_by = ["contracts"]', "no such topic: 'contracts'"),
        ("facts.toml", 'shape = "map"', 'shape = "list"', "'shape' is 'list'"),
        ("facts.toml", "health_no =", "health_non =", "data.says.health_no"),
        ("facts.toml", 'id = "scale"', 'id = "task"', "facts.toml: fact task: this id is there twice"),
        ("manifest.toml", 'kind = "guidance"', 'kind = "book"', "'kind' is 'book'; it must be one of"),
        ("manifest.toml", 'id = "ncsc-cloud-2012"', 'id = "ibd-cloud-2016"', "this id is there twice"),
        ("manifest.toml", "https://www.ncsc.nl/", "www.ncsc.nl", "'address' is not a web address"),
        ("outlines.toml", "split_before", "split_bfore", "unknown key 'split_bfore'"),
        ("coverage.toml", 'item = "K19"', 'item = "K99"', "no such item: 'K99'"),
        ("coverage.toml", "#1", "#99", "no such sentence"),
        ("coverage.toml", 'item = "K19"', "", "needs either 'item' or 'waived'"),
        ("patterns.toml", "[", "[[", "patterns.toml: the file: not valid TOML"),
        ("topics.toml", "[topics.contract]", "[topics.contracts]", "topics.contracts: no such topic"),
        ("policy.toml", 'id = "P"\ntopic = "policy"', 'id = "P"\ntopic = "politics"', "list P: no such topic: 'politics'"),
        ("notices.toml", 'id = "C02"', 'id = "C01"', "notices.toml: notice C01: this id is there twice"),
        ("notices.toml", "Op basis van het EU-VS Privacyshield mogen", "Op basis van het EU-VS Privacyshield moeten", "notice C01: no source says"),
        ("notices.toml", 'term = "wbp"', 'term = "wpb"', "the glossary has no term 'wpb' with an old wording"),
        ("notices.toml", 'term = "wbp"', 'term = "wbp"\nphrase = "Zie Art. 14 Wbp"', "needs either 'phrase' or 'term'"),
        ("notices.toml", "text.en", "text.fr", "'en' is missing"),
        ("notices.toml", 'severity = "A"', 'severity = "D"', "'severity' is 'D'; it must be one of A, B, C"),
        ("notices.toml", 'confidence = "read_in_law"', 'confidence = "sure"', "'confidence' is 'sure'"),
        ("notices.toml", "checked_on = 2026-11-23", 'checked_on = "vandaag"', "'checked_on' must be a date"),
        ("notices.toml", "check_again = 2026-12-23", "check_again = 2026-11-23", "'check_again' must be later than 'checked_on'"),
        ("notices.toml", 'since = "2023-07-10"', 'since = "juli 2023"', "'since' must be a date, a month or a year"),
        ("notices.toml", "https://eur-lex.europa.eu/", "https://docplayer.nl/", "'address' is not an official address"),
        ("notices.toml", "https://eur-lex.europa.eu/", "http://eur-lex.europa.eu/", "'address' is not an official address"),
        ("notices.toml", "De voorzichtigheid blijft: h", "H", "the text no longer keeps the caution"),
        ("notes.toml", 'id = "w2"', 'id = "w1"', "notes.toml: note w1: this id is there twice"),
        ("notes.toml", "Noem de wettelijke taak", "Vermeld de wettelijke taak", "policy.toml: item W1: the quote does not stand"),
        ("notes.toml", 'force = "law"', 'force = "rumour"', "'force' is 'rumour'"),
        ("notes.toml", "sentences.en", "sentences.de", "unknown key 'de'"),
        ("notes.toml", "https://wetten.overheid.nl", "https://wetten.example.nl", "'address' is not an official address"),
        ("glossary.toml", 'id = "uavg"', 'id = "wbp"', "glossary.toml: term wbp: this id is there twice"),
        ("glossary.toml", 'guidance = "Wet Bescherming Persoonsgegevens"', 'guidance = "Wet Politiegegevens"', "the guidance does not say 'Wet Politiegegevens'"),
        ("glossary.toml", 'nl = ["UAVG"', 'nl = ["AVG"', "'AVG' is a wording of 'wbp' already"),
        ("glossary.toml", 'exact = ["BIO"', 'exact = ["BIOS"', "'exact' names 'BIOS', which is no wording of it"),
        ("glossary.toml", "meaning.en", "meaning.fr", "'en' is missing"),
        ("asked.toml", '/b1d7"', '/b1d8"', "no such paragraph: 'ibd-cloud-2016/voorwoord/b1d8'"),
        ("english.toml", '/b1d7"', '/b1d8"', "no such paragraph"),
        ("english.toml", "1 January 2013", "1 January 2014", "numbers: the English lacks '2013'"),
        ("english.toml", "must be avoided", "may be avoided", "norm 'must': 'dient' stands in one language only"),
        ("english.toml", "it is better not to use", "it is better to use", "norm 'not': 'geen' stands in one language only"),
        ("english.toml", "(VNG)", "", "names: the English lacks 'VNG'"),
        ("english.toml", 'id = "R5"', 'id = "R55"', "english.toml: item R55: no such item"),
        ("positions.toml", 'id = "paas"', 'id = "saas"', "positions.toml: position saas: this id is there twice"),
        ("positions.toml", 'breadth = "case"', 'breadth = "any"', "'breadth' is 'any'"),
        ("positions.toml", '{ item = "S1" }', '{ item = "S11" }', "no such item: 'S11'"),
        ("positions.toml", '{ note = "w11" }', '{ note = "w111" }', "no such paragraph: 'wolkwijzer-notes/w111'"),
        ("positions.toml", '"C08", ', "", "quotes a phrase of notice 'C08' and does not name it"),
        ("positions.toml", '"C08", ', '"C08", "C01", ', "names notice 'C01', whose phrase stands in none of its quotes"),
        ("positions.toml", "text.en", "text.fr", "'en' is missing"),
        ("positions.toml", 'topics = ["characteristics"]', 'topics = ["character"]', "no such topic: 'character'"),
        ("positions.toml", "zelfbediening [1]", "zelfbediening [9]", "[9] is no quote of the nl text"),
        ("positions.toml", "on-demand-self-service/c5b6", "on-demand-self-service/c5b7", "no such paragraph"),
        ("positions.toml", "kan servertijd en opslag", "mag servertijd en opslag", "the quote does not stand in"),
    ],
)  # fmt: skip
def test_a_fault_in_the_data_is_named(folder: Path, file: str, before: str, after: str, fault: str) -> None:
    spoil(folder, file, before, after)
    with pytest.raises(DataError) as caught:
        load_corpus(folder)
    assert str(caught.value).startswith((f"{file}: ", fault))
    assert fault in str(caught.value)


@pytest.mark.parametrize("key", ["sentences.en", "steps.en"])
def test_another_number_of_texts_in_one_language_is_refused(folder: Path, key: str) -> None:
    file = "notes.toml" if key.startswith("sentences") else "positions.toml"
    text = (folder / file).read_text(encoding="utf-8")
    start = text.index(f"{key} = [") + len(f"{key} = [")
    (folder / file).write_text(f'{text[:start]} "One more. [1]",{text[start:]}', encoding="utf-8")
    with pytest.raises(DataError, match="has not as many texts in one language as in the other"):
        load_corpus(folder)


def test_a_paragraph_without_rendition_is_named(folder: Path) -> None:
    text = (folder / "english.toml").read_text(encoding="utf-8")
    first, second = [at for at in range(len(text)) if text.startswith("[[paragraph]]", at)][:2]
    (folder / "english.toml").write_text(text[:first] + text[second:], encoding="utf-8")
    with pytest.raises(DataError, match=r"english.toml: .*ibd-cloud-2016/voorwoord/\w+ has no rendition"):
        load_corpus(folder)


def test_a_changed_document_is_refused(folder: Path) -> None:
    spoil(folder, "documents/handreiking-cloud-computing-2016.txt", "verantwoordelijk", "aansprakelijk")
    with pytest.raises(DocumentError, match="is not the text that was checked for ibd-cloud-2016"):
        load_corpus(folder)


@pytest.mark.parametrize("file", ["policy.toml", "documents/handreiking-cloud-computing-2016.txt"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(CorpusError, match=rf"{Path(file).name}: .*cannot be read"):
        load_corpus(folder)


def test_every_linked_source_of_the_guidance_is_in_the_manifest(corpus: Corpus) -> None:
    linked = {line for source in corpus.sources.values() for line in source.linked_at}
    addresses = {
        str(number)
        for number, line in enumerate(corpus.documents["ibd-cloud-2016"].text.split("\n"), 1)
        if line.strip().startswith(("http", "2 http")) or "http://nl.wikipedia" in line
    }
    assert addresses - {"300", "302", "304", "849"} <= linked | {"283", "302"}


def test_only_the_guidance_and_our_own_notes_are_held(corpus: Corpus) -> None:
    assert [source.id for source in corpus.sources.values() if source.is_held] == list(corpus.documents)
    assert {source: corpus.sources[source].kind for source in corpus.documents} == {
        "ibd-cloud-2016": "guidance",
        "wolkwijzer-notes": "note",
    }


def test_every_binding_sentence_is_raised_or_waived_with_a_reason(corpus: Corpus) -> None:
    bindings = list(find_bindings(corpus.documents["ibd-cloud-2016"], corpus.policy, corpus.coverage))
    assert [binding.sentence.text for binding in bindings if not binding.is_covered] == []
    assert len(bindings) > 30


def test_a_sentence_is_mapped_only_where_no_item_quotes_it(corpus: Corpus) -> None:
    mapped = set(corpus.coverage.raised_by) | set(corpus.coverage.waived)
    bare = replace(corpus.coverage, raised_by={}, waived={})
    found = find_bindings(corpus.documents["ibd-cloud-2016"], corpus.policy, bare)
    assert mapped == {binding.sentence.id for binding in found if not binding.items}


def test_health_data_are_special_and_personal(corpus: Corpus) -> None:
    known = corpus.vocabulary.combine(corpus.vocabulary.read_json({"data": ["health"]}))
    assert {key: (r.values, r.origin, r.rests_on) for key, r in known.readings.items()} == {
        "about_case": (("yes",), "derived", ("data.personal",)),
        "data.personal": (("yes",), "derived", ("data.special",)),
        "data.special": (("yes",), "derived", ("data.health",)),
        "data.health": (("yes",), "set", ()),
    }
    assert known.roots("about_case") == ("data.health",)


def test_no_personal_data_means_none_of_its_kinds(corpus: Corpus) -> None:
    known = corpus.vocabulary.combine(corpus.vocabulary.read_json({"data": {"personal": "no"}}))
    denied = {key for key, reading in known.readings.items() if reading.values == ("no",)}
    assert denied == {"data.personal", "data.special", "data.health", "data.criminal", "data.bsn"}


def test_what_is_set_outweighs_what_the_question_says(corpus: Corpus) -> None:
    stated = {"data.health": Reading(("yes",), "stated", "zorggegevens")}
    known = corpus.vocabulary.combine(corpus.vocabulary.read_json({"data": {"special": "no"}}), stated)
    assert known.values("data.health") == ("no",)
    assert known.values("data.personal") == ("unknown",)


def test_a_question_that_contradicts_itself_is_read_as_the_graver_case(corpus: Corpus) -> None:
    stated = {
        "data.personal": Reading(("no",), "stated", "geen persoonsgegevens"),
        "data.health": Reading(("yes",), "stated", "medische gegevens"),
    }
    assert corpus.vocabulary.combine(stated).values("data.personal") == ("yes",)


@pytest.mark.parametrize(
    ("given_facts", "external"),
    [
        ({"service_model": "saas"}, "yes"),
        ({"service_model": "saas", "deployment": "community"}, "unknown"),
        ({"service_model": "iaas", "deployment": "private_own"}, "unknown"),
        ({"deployment": "private_own", "operated_by": "own"}, "no"),
        ({"deployment": "private_own", "operated_by": "supplier"}, "yes"),
        ({"deployment": "private_supplier"}, "yes"),
        ({"deployment": "hybrid", "operated_by": "own"}, "yes"),
        ({"operated_by": "own"}, "unknown"),
        ({"supplier_access": "no"}, "yes"),
        ({"data": ["health"]}, "unknown"),
    ],
)
def test_a_supplier_is_derived_from_how_the_service_is_run(
    corpus: Corpus, given_facts: dict[str, object], external: str
) -> None:
    known = corpus.vocabulary.combine(corpus.vocabulary.read_json(given_facts))
    assert known.values("external") == (external,)


def test_the_order_of_the_facts_does_not_matter(corpus: Corpus) -> None:
    one = corpus.vocabulary.read_json(
        {"data": ["health"], "service_model": "saas", "location": ["eea", "nl"]}
    )
    two = corpus.vocabulary.read_json(
        {"location": ["nl", "eea"], "service_model": "saas", "data": {"health": "yes"}}
    )
    assert list(corpus.vocabulary.combine(one).readings.items()) == list(
        corpus.vocabulary.combine(two).readings.items()
    )


def test_null_is_unknown(corpus: Corpus) -> None:
    assert corpus.vocabulary.combine(corpus.vocabulary.read_json({"data": None, "network": None})) == Facts()


@pytest.mark.parametrize(
    ("given_facts", "message"),
    [
        ({"dta": ["health"]}, "no such fact: 'dta'; known facts are about_case, data"),
        ({"data": ["helth"]}, "no such fact: 'data.helth'"),
        ({"data": {"health": "ja"}}, "'data.health' cannot be 'ja'; it can be yes, no"),
        ({"data": "health"}, "'data' must be a list of kinds"),
        ({"service_model": "cloud"}, "'service_model' cannot be 'cloud'; it can be saas, paas, iaas"),
        ({"service_model": ["saas"]}, "'service_model' cannot be ['saas']"),
        ({"location": ["nl", 3]}, "'location' cannot be 3"),
        ({"external": "no"}, "no such fact: 'external'"),
        (
            {"data": {"personal": "no", "health": "yes"}},
            "'data.special' is yes, so 'data.personal' cannot be no",
        ),
    ],
)
def test_facts_that_do_not_exist_or_contradict_are_refused(
    corpus: Corpus, given_facts: dict[str, object], message: str
) -> None:
    with pytest.raises(FactError) as caught:
        corpus.vocabulary.read_json(given_facts)
    assert message in str(caught.value)


def test_carried_facts_are_those_that_were_not_derived(corpus: Corpus) -> None:
    known = corpus.vocabulary.combine(
        corpus.vocabulary.read_json({"data": ["health"], "service_model": "saas"})
    )
    assert known.carry() == {
        "data.health": Reading(("yes",), "carried"),
        "service_model": Reading(("saas",), "carried"),
    }

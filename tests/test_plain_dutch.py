"""What staff read in Dutch is plain: fifteen words a sentence on average, twenty at most, no hard words, abbreviations opened."""

import re
from collections.abc import Callable, Iterator

import pytest
from tests_support import CORPUS

from assistant.words import read_words
from corpus.sentences import split_sentences

MOST, AVERAGE = 20, 15
MOST_PASSIVE = 1 / 20  # of the sentences that lawyers check; of those in words.toml none

# Every text with the name of the entry it stands in; what is in one entry is read together.
Texts = Callable[[], Iterator[tuple[str, str]]]


def words() -> Iterator[tuple[str, str]]:
    for key, texts in read_words().texts.items():
        yield key, re.sub(r"\{\w+\}", "x", texts["nl"])


def facts() -> Iterator[tuple[str, str]]:
    for fact in CORPUS.vocabulary.facts.values():
        yield from ((fact.id, text["nl"]) for text in (fact.label, fact.question, *fact.says.values()))
    yield from ((topic, label["nl"]) for topic, label in CORPUS.vocabulary.topics.items())


def reasons() -> Iterator[tuple[str, str]]:
    """Why an item applies or does not, with each fact that can be the reason."""
    catalogue = read_words()
    for fact in CORPUS.vocabulary.facts.values():
        for says in fact.says.values():
            for key in ("why.applies", "why.carried", "why.not_applicable"):
                yield fact.id, catalogue.say(key, "nl", {"facts": says["nl"]})


def notices() -> Iterator[tuple[str, str]]:
    for notice in CORPUS.notices:
        shown = read_words().say("answer.notice_intro", "nl", {"text": notice.text["nl"]})
        yield from ((notice.id, text) for text in (shown, notice.replaced_by["nl"]))


def notes() -> Iterator[tuple[str, str]]:
    for identity, note in CORPUS.notes.items():
        yield from ((identity, text) for text in (note.title["nl"], CORPUS.by_id[identity].text))


def positions() -> Iterator[tuple[str, str]]:
    for position in CORPUS.positions.all:
        for text in (" ".join(position.sentences["nl"]), *position.steps["nl"]):
            yield position.id, re.sub(r"\s*\[\d+\]", "", text)


def meanings() -> Iterator[tuple[str, str]]:
    for term in CORPUS.glossary.terms.values():
        yield from ((term.id, text) for text in (term.wordings["nl"][0], term.meaning["nl"]))


def items() -> Iterator[tuple[str, str]]:
    for policy_list in CORPUS.policy:
        yield policy_list.title["nl"], policy_list.title["nl"]
        for item in policy_list.items:
            reason = item.check_reason.get("nl", "")
            yield from ((item.id, text) for text in (item.title["nl"], item.evidence["nl"], reason) if text)


ALL: tuple[Texts, ...] = (words, facts, reasons, notices, notes, positions, meanings, items)
every_file = pytest.mark.parametrize("texts", ALL, ids=lambda texts: texts.__name__)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@every_file
def test_dutch_sentences_are_short(texts: Texts) -> None:
    counted = [(sentence, len(sentence.split())) for _, text in texts() for sentence in sentences(text)]
    assert [sentence for sentence, count in counted if count > MOST] == []
    assert sum(count for _, count in counted) / len(counted) <= AVERAGE


# What officials write, and what people say. Quotes of a source may hold them, our own sentences may not.
PLAIN = {
    "aangaande": "over",
    "adequaat": "goed genoeg",
    "adequate": "goede",
    "alsmede": "en",
    "alvorens": "voordat",
    "behoudens": "behalve",
    "betreffende": "over",
    "bewerkstelligen": "zorgen voor",
    "conform": "volgens",
    "daar waar": "waar",
    "dan wel": "of",
    "danwel": "of",
    "derhalve": "dus",
    "desbetreffende": "deze",
    "dient": "moet",
    "dienen": "moeten",
    "door middel van": "met",
    "dusdanig": "zo",
    "echter": "maar",
    "eveneens": "ook",
    "gedurende": "tijdens",
    "geschieden": "gebeuren",
    "geschiedt": "gebeurt",
    "hetgeen": "wat",
    "in het kader van": "bij",
    "indien": "als",
    "ingevolge": "volgens",
    "inzake": "over",
    "krachtens": "volgens",
    "met betrekking tot": "over",
    "middels": "met",
    "mits": "als",
    "nimmer": "nooit",
    "omtrent": "over",
    "op grond van": "volgens",
    "reeds": "al",
    "ten aanzien van": "over",
    "ten behoeve van": "voor",
    "teneinde": "om",
    "tevens": "ook",
    "thans": "nu",
    "voornoemd": "dit",
    "voorts": "ook",
    "wederom": "weer",
    "zodanig": "zo",
}
HARD = re.compile(rf"(?<!\w)(?:{'|'.join(PLAIN)})(?!\w)", re.IGNORECASE)


@every_file
def test_dutch_sentences_have_no_official_words(texts: Texts) -> None:
    own = [re.sub(r"[‘“][^’”]*[’”]", "", text) for _, text in texts()]
    found = {match[0].lower(): text for text in own for match in HARD.finditer(text)}
    assert {word: (PLAIN[word], text) for word, text in found.items()} == {}


_DONE = r"\w*(?:ge|be|ver|ont|her)\w+(?:d|t|en)"
PASSIVE = re.compile(
    rf"\b(?:wordt|worden|werd|werden)\b[^.,;:]*\b{_DONE}\b|\b{_DONE} (?:wordt|worden|werd|werden)\b",
    re.IGNORECASE,
)


def test_the_sentences_of_the_screen_say_who_does_what() -> None:
    assert [text for _, text in words() if PASSIVE.search(text)] == []


@every_file
def test_few_dutch_sentences_leave_out_who_does_what(texts: Texts) -> None:
    every = [sentence for _, text in texts() for sentence in sentences(text)]
    assert sum(PASSIVE.search(sentence) is not None for sentence in every) <= len(every) * MOST_PASSIVE


# What an abbreviation stands for: its words, or plain ones that say the same.
OPENED: dict[str, tuple[str, ...]] = {
    "AI": ("kunstmatige intelligentie",),
    "AIVD": ("Algemene Inlichtingen- en Veiligheidsdienst",),
    "AP": ("Autoriteit Persoonsgegevens",),
    "AVG": ("Algemene verordening gegevensbescherming",),
    "BAG": ("Basisregistratie Adressen en Gebouwen",),
    "BIG": ("Baseline Informatiebeveiliging Nederlandse Gemeenten",),
    "BIO": ("Baseline Informatiebeveiliging Overheid",),
    "BIO2": ("Baseline Informatiebeveiliging Overheid 2",),
    "BIR": ("Baseline Informatiebeveiliging Rijksdienst",),
    "BIV": ("beschikbaarheid, integriteit en vertrouwelijkheid",),
    "BRP": ("Basisregistratie Personen",),
    "BSN": ("burgerservicenummer",),
    "CBP": ("College bescherming persoonsgegevens",),
    "CISO": ("chief information security officer", "adviseur informatiebeveiliging", "informatiebeveiliger"),
    "CSIRT": ("computer security incident response team",),
    "Cbw": ("Cyberbeveiligingswet",),
    "DPF": ("Data Privacy Framework",),
    "DPIA": ("data protection impact assessment",),
    "DPRC": ("Data Protection Review Court",),
    "DTIA": ("data transfer impact assessment",),
    "EDPB": ("Europees Comité voor gegevensbescherming",),
    "EER": ("Europese Economische Ruimte",),
    "ENSIA": ("Eenduidige Normatiek Single Information Audit",),
    "EU": ("Europese Unie",),
    "EUCS": ("Europees certificaat voor clouddiensten",),
    "FG": ("functionaris gegevensbescherming",),
    "FISA": ("Foreign Intelligence Surveillance Act",),
    "GBA": ("Gemeentelijke Basisadministratie",),
    "GIBIT": ("Gemeentelijke Inkoopvoorwaarden bij IT",),
    "IBAN": ("rekeningnummer",),
    "IBD": ("Informatiebeveiligingsdienst",),
    "IaaS": ("Infrastructure as a Service", "alleen servers"),
    "KING": ("Kwaliteitsinstituut Nederlandse Gemeenten",),
    "NCSC": ("Nationaal Cyber Security Centrum",),
    "NDS": ("Nederlandse Digitaliseringsstrategie",),
    "NIS2": ("richtlijn voor netwerk- en informatiebeveiliging",),
    "NIST": ("National Institute of Standards and Technology",),
    "OCR": ("tekstherkenning",),
    "PUN": ("Paspoortuitvoeringsregeling Nederland", "paspoortregeling"),
    "PaaS": ("Platform as a Service", "een platform"),
    "RDI": ("Rijksinspectie Digitale Infrastructuur",),
    "SLA": ("Service Level Agreement", "dienstverlening"),
    "SUWI": ("Wet structuur uitvoeringsorganisatie werk en inkomen",),
    "SaaS": ("Software as a Service", "kant-en-klaar programma"),
    "TPM": ("third party mededeling", "verklaring van een derde"),
    "UAVG": ("Uitvoeringswet AVG",),
    "VNG": ("Vereniging van Nederlandse Gemeenten",),
    "VS": ("Verenigde Staten",),
    "VWO": ("verwerkersovereenkomst",),
    "WBP": ("Wet bescherming persoonsgegevens",),
    "WOR": ("Wet op de ondernemingsraden",),
    "Wbp": ("Wet bescherming persoonsgegevens",),
    "Wmo": (
        "maatschappelijke ondersteuning",
        "Wet maatschappelijke ondersteuning",
    ),
    # Names of norms: the glossary says what each is.
    "IEC": ("internationale norm",),
    "ISAE": ("verklaring van een onafhankelijke auditor",),
    "ISO": ("internationale norm",),
    "NEN": ("Nederlandse norm",),
    "SOC": ("verklaring van een onafhankelijke auditor",),
}
# Names, numbers, and short words that everybody knows better than what they stand for.
NAMES = {
    "CLOUD",
    "DigiD",
    "ICT",
    "III",
    "IJsland",
    "IT",
    "JavaScript",
    "SURF",
    "SURFmarket",
    "SURFnet",
    "USA",
    "WOLKWIJZER_HOME",
}
# The words of a note are indexed: a change calls for another index and another baseline.
LATER = {
    ("wolkwijzer-notes/bills", "AI"),  # in the name of an act
    ("wolkwijzer-notes/certification", "ISAE"),
    ("wolkwijzer-notes/dpf", "EU"),
    ("wolkwijzer-notes/w10", "EU"),
}
ABBREVIATION = re.compile(r"\b(?:[A-Z]\w*[A-Z]\w*|Wbp|Wmo|Cbw)\b")


# What stands right under an item of the checklist.
QUOTED = {item.id: item.quote for policy_list in CORPUS.policy for item in policy_list.items}
# Full names that hold an abbreviation, and the numbers of European laws.
WHOLE = re.compile(r"EU-US Data Privacy Framework|\(EU\) \d+/\d+")


def what_is_read(entry: str, text: str) -> str:
    """Return a text with what stands under it, and what the glossary says of its terms: each is a link to that."""
    terms = {mention.term.id: mention.term for mention in CORPUS.glossary.mentions(text)}
    if entry in CORPUS.glossary.terms:
        terms[entry] = CORPUS.glossary.terms[entry]
    meant = (f"{term.wordings['nl'][0]}: {term.meaning['nl']}" for term in terms.values())
    return " ".join([text, QUOTED.get(entry, ""), *meant]).casefold()


@every_file
def test_every_abbreviation_is_opened_where_it_stands_or_behind_its_link(texts: Texts) -> None:
    entries: dict[str, str] = {}
    for entry, text in texts():
        entries[entry] = f"{entries.get(entry, '')} {text}"
    unopened = {
        (entry, short)
        for entry, text in entries.items()
        for short in set(ABBREVIATION.findall(WHOLE.sub("", text))) - NAMES
        if not any(words.casefold() in what_is_read(entry, text) for words in OPENED.get(short, ()))
    }
    assert unopened - LATER == set()

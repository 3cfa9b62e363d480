"""A stand-in for the answering function: real text and a real checklist, but no index; and how a browser is started."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from assistant.answer import Answer, AnswerNotice, AnswerSentence, Citation, Provenance, Request, Status
from assistant.checklist import ask_next, make_checklist
from assistant.tell import Teller
from assistant.words import read_words
from corpus.facts import Reading
from corpus.load import Corpus
from corpus.paragraph import Language

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def opened(file: Path) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Open a file in a browser; the lists fill with the messages of the console and the addresses asked for."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there; 'make chromium' installs it on Debian")
    messages: list[str] = []
    addresses: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("request", lambda request: addresses.append(request.url))
        page.goto(file.as_uri())
        yield page, messages, addresses
        browser.close()


SPECIAL_CATEGORIES = 806  # the line of the guidance that wants them kept out of the cloud
_STATED = {
    "data.health": ("gezondheidsgegevens|health data", "yes"),
    "service_model": ("saas", "saas"),
    "location": ("duitsland|germany", "eea"),
    "about_case": ("wat is|what is", "no"),
}
NOTICE = AnswerNotice(
    id="C08",
    severity="A",
    text="Deze zin rust op de oude Wbp. Die geldt niet meer.",
    replaced_by="artikel 9 AVG",
    since="2018-05-25",
    citation="Verordening (EU) 2016/679",
    confidence="zeker",
    checked_on="2026-11-23",
    check_again="2027-11-23",
    standing="draft",
)


@dataclass
class FakeAsk:
    """Answers every question with the guidance on special categories; remembers what it was asked."""

    corpus: Corpus
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        is_english = re.search(r"\b(?:may|the|what)\b", request.question, re.IGNORECASE)
        language = request.language or ("en" if is_english else "nl")
        return make_answer(
            self.corpus, request.question, language, carried=request.carried, chosen=request.set
        )


def read_facts(question: str) -> dict[str, Reading]:
    """Read a few facts by their words."""
    found = {key: re.search(pattern, question, re.IGNORECASE) for key, (pattern, _) in _STATED.items()}
    return {key: Reading((_STATED[key][1],), "stated", match[0]) for key, match in found.items() if match}


def make_answer(
    corpus: Corpus,
    question: str = "Mogen we gezondheidsgegevens in deze SaaS opslaan?",
    language: Language = "nl",
    *,
    carried: Mapping[str, Reading] | None = None,
    chosen: Mapping[str, Reading] | None = None,
    status: Status = "conditional",
    citation: Citation | None = None,
) -> Answer:
    """Make an answer by hand around the sentence that wants special categories kept out of the cloud."""
    words = read_words()
    facts = corpus.vocabulary.combine(chosen or {}, read_facts(question), carried or {})
    citation = citation or make_citation(corpus, language)
    return Answer(
        question=question,
        language=language,
        as_of="2026-11-23",
        status=status,
        facts=facts,
        sentences=(
            AnswerSentence(words.say("answer.test", language), "label"),
            AnswerSentence(citation.quote, "quote", (1,)),
            AnswerSentence(words.say("answer.not_legal_advice", language), "label"),
        ),
        citations=(citation,),
        notices=(NOTICE,),
        checklist=make_checklist(corpus, facts, Teller(words, language, "2026-11-23")),
        ask_next=ask_next(corpus, facts, language),
        provenance=Provenance("0.1.0", corpus.digest, corpus.rules_digest, "", ()),
    )


def make_citation(corpus: Corpus, language: Language = "nl") -> Citation:
    """Cite the first sentence on special categories."""
    document = corpus.documents["ibd-cloud-2016"]
    paragraph = next(p for p in document.paragraphs if p.lines[0] <= SPECIAL_CATEGORIES <= p.lines[1])
    span = paragraph.sentences[0].spans[0]
    return Citation(
        n=1,
        paragraph=paragraph.id,
        source=document.source,
        source_kind="guidance",
        locator=paragraph.locator(language),
        text=paragraph.text,
        quote=document.quote(span),
        start=span.start,
        end=span.end,
        sha256=document.sha256,
        score=0.9,
        rendition="Special categories are best kept out of the cloud." if language == "en" else "",
        notices=("C08",),
        quote_notices=("C08",),
    )

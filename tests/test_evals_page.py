"""The report as a page: it tells what was measured, stands alone, and gives nothing of a frozen question away."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from page_fakes import opened
from playwright.sync_api import Page

from evals.baseline import make_baseline
from evals.case import Split
from evals.checks import CheckRow
from evals.figures import latency, past_runs, probabilities, recall_by_kind, refusal_trade_off
from evals.history import Accepted, accept
from evals.keep import to_json
from evals.page import to_html
from evals.row import Agreement, Excerpt, FactRow, OwnRow, QuestionRow, Results
from evals.score import Counts

ROOT = Path(__file__).parent.parent
HOSTILE = '<img src="http://evil.example/a"><script>document.title=2</script>'
HARMLESS = {"overtaken phrases marked": 1.0, "no bare permission": 1.0, "notes kept apart": 1.0}


def question(
    number: int,
    language: str,
    split: Split,
    probability: float,
    *,
    is_answerable: bool = True,
    found: float = 1.0,
) -> QuestionRow:
    """A question answered where its probability is at least a half."""
    is_answered = probability >= 0.5
    is_frozen = split == "frozen"
    scores = {
        "recall@1": found if is_answerable else None,
        "recall@5": found if is_answerable else None,
        "found within 1500": found if is_answerable else None,
        "citation precision": None,
        "items right": None,
        "quotes verify": 1.0,
        "checklist complete": 1.0,
        "checklist as gold": None,
        "status right": float(is_answered == is_answerable),
        "answered wrongly": None if is_answerable else float(is_answered),
        "refused wrongly": float(not is_answered) if is_answerable else None,
        **HARMLESS,
    }
    missed = not is_frozen and is_answerable and not found
    return QuestionRow(
        f"q{number}-{language}",
        f"q{number}",
        split,
        "nl" if language == "nl" else "en",
        "risk" if is_answerable else "off_topic",
        "answered" if is_answered else "not_in_corpus",
        scores,
        {"network": Counts(1, 0, 0)},
        (),
        "" if is_frozen else f"Vraag {number}? {HOSTILE}",
        () if found else (("withheld",) if is_frozen else ("no gold paragraph among the first 10",)),
        number / 10,
        None if is_frozen else probability,
        (Excerpt("guide/right", "What answers."),) if missed else (),
        (Excerpt("guide/wrong", f"What was found. {HOSTILE}"),) if missed else (),
    )


QUESTIONS = tuple(
    row
    for language in ("nl", "en")
    for row in (
        question(1, language, "tune", 0.9),
        question(2, language, "tune", 0.4, found=0.0),
        question(3, language, "tune", 0.6, is_answerable=False),
        question(4, language, "tune", 0.1, is_answerable=False),
        question(5, language, "frozen", 0.9),
        question(6, language, "frozen", 0.4, found=0.0),
        question(7, language, "frozen", 0.1, is_answerable=False),
    )
)
RESULTS = Results(
    "2026-11-25",
    {"corpus": "c", "recipe": "r", "cases": "k", "index": "i"},
    QUESTIONS,
    (
        FactRow(
            "t1", "tune", "nl", {"network": Counts(0, 0, 1)}, (), f"Net. {HOSTILE}", ("network is missed",)
        ),
    ),
    (CheckRow("d1", "desks", "frozen", "nl", {**HARMLESS, "no wrong desk": 1.0}, "", ()),),
)
BASELINE = make_baseline(RESULTS)
HISTORY = (Accepted("2026-11-01", "old"), accept(BASELINE, "2026-11-25", f"new {HOSTILE}"))
HTML = to_html(RESULTS, BASELINE, HISTORY)
OWN = (
    OwnRow(replace(QUESTIONS[1], id="own-1", split="own"), Agreement(f"Jo {HOSTILE}", (), ())),
    OwnRow(replace(QUESTIONS[0], id="own-2", split="own"), Agreement("Jo", ("Sam",), ("They differ.",))),
)
WITH_OWN = to_html(replace(RESULTS, own=OWN), BASELINE, HISTORY)


def section(html: str, identity: str) -> str:
    return html.split(f'<section id="{identity}"')[1].split("</section>", maxsplit=1)[0]


def cells(html: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]


def test_the_trade_off_is_that_of_the_questions_for_tuning_with_the_points_of_today() -> None:
    chart = refusal_trade_off(QUESTIONS)
    told = {row[0]: row[1:3] for row in chart.numbers.rows}
    assert [told[least] for least in ("0.00", "0.50", "0.75", "1.00")] == [
        ("0.000", "1.000"),
        ("0.500", "0.500"),
        ("0.500", "0.000"),
        ("1.000", "0.000"),
    ]
    assert "Dutch, tune: 0.500 and 0.500; Dutch, frozen: 0.500 and 0.000" in chart.words


def test_the_probabilities_are_counted_apart_for_answerable_and_unanswerable_questions() -> None:
    rows = probabilities(QUESTIONS).numbers.rows
    assert {row[0]: row[1:] for row in rows if set(row[1:]) != {"0"}} == {
        "0.1": ("0", "1", "0", "1"),
        "0.4": ("1", "0", "1", "0"),
        "0.6": ("0", "1", "0", "1"),
        "0.9": ("1", "0", "1", "0"),
    }


def test_the_time_of_an_answer_is_told_by_its_median_and_95th_percentile() -> None:
    chart = latency([replace(QUESTIONS[0], seconds=n / 100) for n in range(101)])
    assert chart.words.startswith("101 answers: half took at most 0.500 s, 95 of 100 at most 0.950 s")
    assert sum(int(number) for _, number in chart.numbers.rows) == 101


def test_recall_is_shown_for_each_kind_that_has_answerable_questions() -> None:
    chart = recall_by_kind(QUESTIONS, "tune")
    assert chart.numbers.rows == (("risk", "0.500 [0.00, 1.00] (2)", "0.500 [0.00, 1.00] (2)"),)


def test_an_accepted_run_without_measures_has_no_point() -> None:
    assert [row[:3] for row in past_runs(HISTORY).numbers.rows] == [
        ("2: 2026-11-25", "Dutch", "0.500"),
        ("2: 2026-11-25", "English", "0.500"),
    ]


def test_a_missed_question_for_tuning_stands_beside_what_answers_and_what_was_found_instead() -> None:
    rows = {row[0]: row[2:] for row in cells(section(HTML, "misses"))}
    assert rows["q2-nl"][:2] == ["no gold paragraph among the first 10", "guide/right: What answers."]
    assert rows["q2-nl"][2].startswith("guide/wrong: What was found.")
    assert rows["t1"] == ["network is missed"]


def test_own_questions_stand_in_a_part_of_their_own_and_change_no_other_part() -> None:
    own = section(WITH_OWN, "own")
    rows = cells(own)
    assert ["recall@5", "0.000 [0.00, 0.00] (1)", "0.000 [0.00, 0.00] (1)", ""] in rows
    assert ["They differ.", ""] in [row[-2:] for row in rows]
    assert "Judged by more than one person: 1; all agree on 0 of them" in own
    assert "guide/right: What answers." in own
    link = '<li><a href="#own">Questions of your own</a></li>\n'
    assert WITH_OWN.replace(link, "").replace(f'<section id="own"{own}</section>\n', "") == HTML


def test_of_a_frozen_question_the_page_tells_the_id_alone() -> None:
    assert "Frozen: q6-en, q6-nl." in section(HTML, "misses")
    assert HTML.count("q6-nl") == 1
    assert "withheld" not in HTML


def test_what_turned_since_the_baseline_is_told_and_of_a_frozen_question_its_id_alone() -> None:
    names = {"q2-nl", "q6-nl"}
    now = tuple(
        replace(row, scores={**row.scores, "found within 1500": 1.0, "recall@5": 1.0})
        if row.id in names
        else row
        for row in QUESTIONS
    )
    change = section(to_html(replace(RESULTS, questions=now), BASELINE, HISTORY), "change")
    rows = cells(change)
    assert ["recall@5", "Dutch", "0.500", "1.000", "+0.500"] in rows
    assert rows[-1] == ["q2-nl", "found within 1500", "0", "1"]
    assert "Nothing got worse." in change
    assert "Frozen questions that turned: q6-nl." in change
    assert change.count("q6-nl") == 1


def test_a_run_unlike_the_baseline_says_so_and_still_shows_both() -> None:
    unlike = replace(RESULTS, digests={**RESULTS.digests, "recipe": "other"})
    change = section(to_html(unlike, BASELINE, HISTORY), "change")
    assert "the baseline: recipe: was measured with another recipe (r; now other)" in change
    assert ["recall@5", "Dutch", "0.500", "0.500", "+0.000"] in cells(change)


def test_a_run_of_nothing_without_baseline_and_history_still_makes_a_page() -> None:
    html = to_html(Results("2026-11-25", {}, (), ()), None, ())
    for told in ("No question was asked.", "There is no baseline yet.", "No run was accepted yet."):
        assert told in html


def test_questions_of_one_sort_alone_draw_no_trade_off() -> None:
    html = to_html(replace(RESULTS, questions=QUESTIONS[:1]), None, ())
    assert "Some language has no answerable or no unanswerable questions for tuning." in html
    assert "What refusing costs" not in html


def test_the_same_results_make_the_same_page_in_every_process() -> None:
    code = "import sys; from test_evals_page import HTML; sys.stdout.write(HTML)"
    command = [sys.executable, "-c", code]
    path = f"{ROOT}:{ROOT / 'tests'}:{':'.join(sys.path)}"
    again = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"}
    )
    assert again.stdout == HTML


def test_without_matplotlib_it_is_said_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; import wolkwijzer;"
        "sys.exit(wolkwijzer.main(['eval', 'report', 'run.json', '--html', 'out.html']))"
    )
    (tmp_path / "run.json").write_text(to_json(RESULTS), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={
            "PYTHONPATH": f"{ROOT}:{':'.join(sys.path)}",
            "PATH": "/usr/bin:/bin",
            "WOLKWIJZER_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    how = "wolkwijzer: eval report: the charts: need matplotlib; run: pip install 'wolkwijzer[report]'\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "", how)
    assert not (tmp_path / "out.html").exists()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page in a browser that notes every request, and every complaint about the policy."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(WITH_OWN, encoding="utf-8")
    with opened(file) as (page, messages, addresses):
        yield page
    # The charts are in the page itself.
    outside = [address for address in addresses if not address.startswith("data:")]
    assert (messages, outside) == ([], [file.as_uri()])


def test_every_chart_is_shown_and_told_in_words_and_numbers(page: Page) -> None:
    shown = page.evaluate(
        "[...document.images].map(i => [i.complete && i.naturalWidth > 0, i.alt.length > 80,"
        " i.closest('figure').querySelectorAll('details table tbody tr').length > 0])"
    )
    assert shown == [[True, True, True]] * 6


def test_the_style_of_the_page_is_allowed_by_its_own_policy(page: Page) -> None:
    assert page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    assert page.locator("script, [style], [onload], link").count() == 0


@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_fits_the_screen_and_what_is_wider_scrolls_by_keyboard(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(
        "[...document.querySelectorAll('table, img')].every(e => e.closest('[role=region][tabindex=\"0\"]'))"
    )


def test_tables_and_headings_are_read_out_in_order(page: Page) -> None:
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every(t => t.caption && t.caption.textContent !== '')"
    )
    assert page.evaluate("[...document.querySelectorAll('th')].every(h => ['row', 'col'].includes(h.scope))")
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(now - before <= 1 for before, now in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"


def test_words_of_cases_and_documents_are_shown_literally(page: Page) -> None:
    assert page.locator("main img:not([src^='data:'])").count() == 0
    assert HOSTILE in page.locator("#misses").inner_text()
    assert f"Jo {HOSTILE}" in page.locator("#own").inner_text()
    assert page.title() == "Evaluation of 2026-11-25 - Wolkwijzer"

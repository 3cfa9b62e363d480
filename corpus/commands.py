"""The verb `corpus`: what the corpus holds, whether what we say about it is right, and who signs for it."""

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from corpus.add import Refresh
from corpus.authority import Authority
from corpus.coverage import find_bindings
from corpus.downloads import get_official
from corpus.errors import FactError
from corpus.library import load_library
from corpus.listing import list_sources, to_json
from corpus.load import Corpus, load_corpus
from corpus.paragraph import Document
from corpus.source_verbs import Desk, add_source_verbs
from corpus.standing import DRAFT, SignOff, Statement, add_signoff, read_signoffs, stand

_A_YEAR = timedelta(days=365)


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", folder: Path, refresh: Refresh
) -> None:
    """Add the verb `corpus`; `folder` is the user folder, and `refresh` makes the index fit a changed corpus."""
    parser = verbs.add_parser("corpus", help="sources and what we say about them")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the sources: held, or only linked to")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=partial(_list, folder))
    add_source_verbs(actions, _open_desk(folder, refresh))
    check = actions.add_parser(
        "check", help="check all data against the documents, and tell what is old, unsure or unsigned"
    )
    check.add_argument("--as-of", type=_date, default=None, metavar="DATE", help="as of this day")
    check.set_defaults(run=partial(_check, folder))
    coverage = actions.add_parser(
        "coverage", help="which binding sentences the checklist raises; 1 if one is left"
    )
    coverage.set_defaults(run=_coverage)
    sign = actions.add_parser("sign", help="sign off, as a named person, all we say on a topic")
    sign.add_argument("topic", help="a topic; 'wolkwijzer corpus check' lists them")
    sign.add_argument("--name", required=True, help="who signs")
    sign.add_argument("--role", required=True, help="in which role, for example: lawyer, FG, CISO")
    sign.add_argument("--organisation", required=True, help="for which organisation")
    sign.add_argument(
        "--expires", type=_date, default=None, metavar="DATE", help="until when; a year if not given"
    )
    sign.set_defaults(run=partial(_sign, folder))


def _open_desk(folder: Path, refresh: Refresh) -> Desk:
    is_person_there = sys.stdin.isatty() and sys.stderr.isatty()
    return Desk(
        folder,
        refresh,
        lambda: _today().isoformat(),
        print,
        _put if is_person_there else None,
        _show_progress,
        _show_bytes,
        get_official,
        _width,
    )


def _put(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return input()
    except (EOFError, KeyboardInterrupt) as error:
        # Who closes the input wants no more of this either. What is told next begins a line.
        print(file=sys.stderr)
        raise KeyboardInterrupt from error


def _width() -> int:
    """Return how long a line may be: as wide as the terminal, where that can be read."""
    return min(max(shutil.get_terminal_size().columns, 60), 120)


def _show_bytes(name: str, done: int, total: int) -> None:
    """Show how far a download is, on a terminal only: a bar where the server says how much there is."""
    if not sys.stderr.isatty():
        return
    filled = "#" * (24 * done // total) if total else ""
    how_far = f"[{filled:<24}] {100 * done // total} % of {total:,} bytes" if total else f"{done:,} bytes"
    line = f"{name[:26]:<26} {how_far}" if name else ""
    # Blanks wipe out what is left of a longer line.
    print(f"\r{line:<78}", end="" if name else "\r", file=sys.stderr, flush=True)


def _show_progress(step: str, done: int, total: int) -> None:
    """Show how far the reading is, on standard error: a line that counts, on a terminal only."""
    if sys.stderr.isatty() and total > 1:
        print(f"\r{step}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-11-23") from error


def _today() -> date:
    return datetime.now(UTC).date()


def _list(folder: Path, arguments: argparse.Namespace) -> int:
    corpus = load_library(folder)
    if arguments.json:
        listed = [to_json(source, corpus) for source in corpus.sources.values()]
        print(json.dumps(listed, ensure_ascii=False, indent=2))
        return 0
    for line in list_sources(corpus, _width()):
        print(line)
    return _tell_faults(corpus)


def _tell_faults(corpus: Corpus) -> int:
    for fault in corpus.faults:
        print(f"not whole: {fault}")
    return 1 if corpus.faults else 0


def _check(folder: Path, arguments: argparse.Namespace) -> int:
    corpus = load_library(folder)
    as_of: date = arguments.as_of or _today()
    items = [item for policy_list in corpus.policy for item in policy_list.items]
    for document in corpus.quoted_documents:
        paragraphs, repairs = len(document.paragraphs), _count_repairs(document)
        print(f"{document.source}: {paragraphs} paragraphs, each rendered, {repairs} repairs, text untouched")
    for source in sorted(corpus.added):
        print(f"{source}: {len(corpus.documents[source].paragraphs)} paragraphs, added by you")
    print(f"sources: {len(corpus.sources)}, of which {len(corpus.documents)} held")
    print(f"checklist: {len(items)} items, every quote stands word for word in its paragraph")
    tightened = [f"{ours} by {', '.join(own.id for own in by)}" for ours, by in corpus.stricter.items()]
    print(f"tightened by items of your own: {'; '.join(tightened) or 'none'}")
    print(
        f"notices: {len(corpus.notices)}, notes: {len(corpus.notes)}, positions: {len(corpus.positions.all)}"
    )
    print(f"glossary: {len(corpus.glossary.terms)} terms")
    print(f"corpus {corpus.digest}, rules {corpus.rules_digest}: no faults")
    _show("past its date, check again", _overdue(corpus, as_of))
    _show("not checked by anybody", _with_confidence(corpus, "not_checked"))
    _show("low in confidence, from other sources", _with_confidence(corpus, "other_sources"))
    _show("unsigned, by topic", _unsigned(corpus, folder, as_of))
    return _tell_faults(corpus)


def _show(title: str, lines: Iterator[str]) -> None:
    found = list(lines)
    print(f"\n{title}: {len(found) or 'none'}")
    for line in found:
        print(f"  {line}")


def _authorities(corpus: Corpus) -> Iterator[tuple[str, Authority]]:
    yield from ((f"notice {notice.id}", notice.authority) for notice in corpus.notices)
    yield from ((f"note {note.id.partition('/')[2]}", note.authority) for note in corpus.notes.values())


def _overdue(corpus: Corpus, as_of: date) -> Iterator[str]:
    for name, authority in _authorities(corpus):
        if authority.check_again <= as_of:
            yield f"{name}: by {authority.check_again}, {authority.citation}"


def _with_confidence(corpus: Corpus, confidence: str) -> Iterator[str]:
    for name, authority in _authorities(corpus):
        if authority.confidence == confidence:
            yield f"{name}: {authority.citation}"


def _unsigned(corpus: Corpus, folder: Path, as_of: date) -> Iterator[str]:
    statements = tuple(corpus.statements())
    standings = stand(statements, read_signoffs(folder))
    drafts = Counter(s.topic for s in statements if standings.of(s.kind, s.id, as_of.isoformat()) == DRAFT)
    whole = Counter(statement.topic for statement in statements)
    for topic in sorted(drafts):
        yield f"{topic}: {drafts[topic]} of {whole[topic]}"


def _coverage(_: argparse.Namespace) -> int:
    corpus = load_corpus()
    bindings = [b for d in corpus.quoted_documents for b in find_bindings(d, corpus.policy, corpus.coverage)]
    for binding in bindings:
        state = ", ".join(binding.items) or (f"waived: {binding.waived}" if binding.waived else "NOT COVERED")
        print(f"{binding.lines[0]}-{binding.lines[1]}  {state}\n    {binding.sentence.text}")
    covered = sum(binding.is_covered for binding in bindings)
    print(f"{covered} of {len(bindings)} binding sentences are raised or waived")
    return 0 if covered == len(bindings) else 1


def _sign(folder: Path, arguments: argparse.Namespace) -> int:
    corpus = load_library(folder)
    signed = [statement for statement in corpus.statements() if statement.topic == arguments.topic]
    if not signed:
        topics = sorted({statement.topic for statement in corpus.statements()})
        raise FactError(f"nothing is said on '{arguments.topic}'; topics are {', '.join(topics)}")
    today = _today()
    signoff = _make_signoff(arguments, signed, today)
    path = add_signoff(folder, signoff)
    for statement in signed:
        print(f"  {statement.name}")
    counts = Counter(statement.kind for statement in signed)
    what = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(counts.items()))
    print(
        f"{signoff.topic}: {what} signed by {signoff.name}, {signoff.role}, {signoff.organisation}, until {signoff.expires}"
    )
    print(f"kept in {path}")
    return 0


def _make_signoff(arguments: argparse.Namespace, signed: list[Statement], today: date) -> SignOff:
    who = {key: " ".join(getattr(arguments, key).split()) for key in ("name", "role", "organisation")}
    if empty := [key for key, text in who.items() if not text]:
        raise FactError(
            f"--{empty[0]} is empty; a sign-off is a person's own, by name, role and organisation"
        )
    expires: date = arguments.expires or today + _A_YEAR
    if expires <= today:
        raise FactError(f"--expires {expires} is not after today, {today}")
    if expires > today + 2 * _A_YEAR:
        raise FactError(f"--expires {expires} is more than two years away; law changes sooner than that")
    texts = {statement.name: statement.digest for statement in signed}
    return SignOff(arguments.topic, who["name"], who["role"], who["organisation"], today, expires, texts)


def _count_repairs(document: Document) -> int:
    return sum(len(paragraph.repairs) for paragraph in document.paragraphs)

"""What a denial reaches: "geen naam, adres of BSN", "BSN's staan er niet in", "not only names"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.clauses import Text
from corpus.facts import ABOUT_CASE
from corpus.patterns import FactPattern
from corpus.phrases import STOPS

# plain: it is not so. weak: it may be so all the same. turned: the denial is denied itself.
Strength = Literal["plain", "weak", "turned"]
_NEAR = 2


@dataclass(frozen=True)
class Mention:
    """Words that speak of a value. `is_name` tells names from signs (see FactPattern)."""

    pattern: FactPattern
    first: int
    last: int
    is_name: bool


@dataclass(frozen=True)
class Denial:
    """A denial of a mention, and the words that hold both."""

    strength: Strength
    first: int
    last: int


def find_denials(text: Text, mentions: Sequence[Mention]) -> Mapping[Mention, Denial]:
    """Tell which mentions are denied, and how firmly. Where in doubt a denial is weak."""
    deniable = [mention for mention in mentions if mention.pattern.can_be_denied]
    others = [m for m in mentions if not m.pattern.can_be_denied and m.pattern.key != ABOUT_CASE]
    denied = _denied_before(text, deniable, ("denials", "exceptions"), ("between",))
    for mention in deniable:
        denial = denied.get(mention) or _denied_inside(text, mention) or _denied_behind(text, mention)
        if denial:
            denied[mention] = denial
    return denied | _denied_before(text, others, ("denials", "rather_than"), ("between", "between_values"))


def _denied_before(
    text: Text, mentions: Sequence[Mention], marks: tuple[str, ...], between: tuple[str, ...]
) -> dict[Mention, Denial]:
    """Find the denials that stand before what they deny."""
    starts = _by_start(mentions)
    denied: dict[Mention, Denial] = {}
    for mark in marks:
        for first, last in text.marks[mark].items():
            reached = [] if _is_undone(text, first, mark) else _reach(text, last, starts, between)
            end = max((mention.last for mention in reached), default=0)
            for mention in reached:
                narrowed = mention.last == end and _is_narrowed(text, first, end)
                strength = _strength(text, first, narrowed=narrowed)
                denied.setdefault(mention, Denial(strength, first, mention.last))
    return denied


def _is_undone(text: Text, at: int, mark: str) -> bool:
    """Tell whether the word denies nothing: "niet alleen"; or an exception to a denial, which affirms."""
    start = text.sentence(at)[0]
    if mark == "exceptions" and text.has("denials", start, at):
        return True
    undone = text.marks["not_denials"]
    return any(first <= at < undone[first] for first in range(max(start, at - 5), at + 1) if first in undone)


def _reach(
    text: Text, at: int, mentions: Mapping[int, list[Mention]], between: tuple[str, ...]
) -> list[Mention]:
    """Return what a denial that ends at `at` reaches: the mentions of an enumeration that starts there.

    Only words known to stand between a denial and what it denies are passed. A comma is passed where "of" or "or"
    follows later: "geen naam, adres of BSN", but not "geen BSN, namen".
    """
    reached: list[Mention] = []
    commas: list[int] = []
    sure = 0
    while at < len(text.words):
        step = max(text.marks[name].get(at, 0) for name in (*between, "and_words"))
        if at in mentions:
            reached += mentions[at]
            at = max(mention.last for mention in mentions[at])
        elif text.marks["or_words"].get(at, 0) > step:
            at = text.marks["or_words"][at]
            if at in mentions or any(at in text.marks[name] for name in between):
                commas.clear()
        elif text.words[at].text == "," and reached:
            if not commas:
                sure = len(reached)
            commas.append(at)
            at += 1
        elif step:
            at = step
        else:
            break
    return reached[:sure] if commas else reached


def _is_narrowed(text: Text, first: int, end: int) -> bool:
    """Tell whether only a part is denied ("geen gegevens van ..."), or a condition ("zonder ... kan het niet")."""
    clause = text.clause(end - 1)
    if first in text.marks["without"]:
        return text.has("denials", clause.first, first) or text.has("denials", end, clause.last)
    return end in text.marks["narrowing"]


def _strength(text: Text, first: int, *, narrowed: bool) -> Strength:
    start = text.sentence(first)[0]
    if text.has("turned_denials", start, first):
        return "turned"
    weak = text.marks["weak_denials"]
    near = any(at <= first < weak[at] for at in range(max(start, first - 4), first + 1) if at in weak)
    return "weak" if near or narrowed else "plain"


def _denied_inside(text: Text, mention: Mention) -> Denial | None:
    """Find a denial among the words of the mention: "de leverancier kan er niet bij"."""
    inside = [at for at in range(mention.first + 1, mention.last) if at in text.marks["denials"]]
    undone = any(_is_undone(text, at, "denials") for at in inside)
    if not inside or undone or text.has("and_words", inside[-1], mention.last):
        return None
    turned = text.has("turned_denials", text.sentence(mention.first)[0], inside[0])
    weak = turned or len(inside) > 1 or text.has("aside", mention.first, mention.last)
    weak = weak or _strength(text, inside[0], narrowed=False) != "plain"
    return Denial("weak" if weak else "plain", mention.first, mention.last)


def _denied_behind(text: Text, mention: Mention) -> Denial | None:
    """Find a denial that follows: "namen en BSN's staan er niet in". Elsewhere in the clause it is a weak one."""
    marks, clause = text.marks, text.clause(mention.first)
    at = mention.last
    while at < len(text.words) and at not in marks["absent"]:
        step = max(marks[name].get(at, 0) for name in ("linking", "between", "and_words", "or_words"))
        if not step:
            break
        at = step
    if at in marks["absent"]:
        end = marks["absent"][at]
        turned = text.has("turned_denials", text.sentence(mention.first)[0], mention.first)
        stops = text.words[end - 1].text in STOPS or end == len(text.words) or text.words[end].text in STOPS
        tails = ("absent_tails", "and_words", "or_words", "clause_openers")
        # "BSN's noch namen": the word that denies is the one that goes on.
        whole = stops or any(end in marks[name] for name in tails) or at in marks["or_words"]
        return Denial("plain" if whole and not turned else "weak", mention.first, end)
    near = text.has("denials", max(clause.first, mention.first - _NEAR), mention.first)
    undone = text.has("not_denials", clause.first, mention.first)
    if (near and not undone) or text.has("absent", mention.last, clause.last):
        return Denial("weak", mention.first, mention.last)
    return None


def find_only(text: Text, mentions: Sequence[Mention]) -> Iterator[tuple[Mention, int, int]]:
    """Yield the mentions besides which nothing else is said to be, and the words that say so."""
    starts = _by_start(mentions)
    reached = {
        mention: first
        for first, last in sorted(text.marks["only"].items())
        if not _is_undone(text, first, "only")
        for mention in _reach(text, last, starts, ("between",))
    }
    for mention in mentions:
        first = reached.get(mention, mention.first)
        last = mention.last if mention in reached else _nothing_else(text, mention, starts)
        if last:
            yield mention, first, last


def _nothing_else(text: Text, mention: Mention, starts: Mapping[int, list[Mention]]) -> int:
    """Return where it is said, behind a mention, that this is all ("names only", "verder niks"); 0 if nowhere."""
    marks, at = text.marks, mention.last
    while at < len(text.words):
        if at in marks["only"]:
            end = marks["only"][at]
            # "names only", but not "names only in Germany".
            return end if text.words[end].text in STOPS else 0
        passed = [m.last for m in starts.get(at, ())]
        passed += [marks[name][at] for name in ("and_words", "between") if at in marks[name]]
        if not passed:
            break
        at = max(passed)
    # Further on in the sentence, or as the next one: "Namen en adressen. Verder niks."
    end = text.sentence(mention.first)[1]
    behind = (at for at in range(mention.last, end + 1) if at in marks["only_behind"])
    return marks["only_behind"].get(next(behind, end), 0)


def _by_start(mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    starts: dict[int, list[Mention]] = {}
    for mention in mentions:
        starts.setdefault(mention.first, []).append(mention)
    return starts

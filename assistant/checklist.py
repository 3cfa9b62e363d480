"""The checklist: which items are raised for a case, and why. Deterministic: facts, topics and language decide.

It imports neither index nor model nor page, reads no clock and no environment, and has no step that can leave
an item out: what cannot be evaluated is shown as `check`.
"""

from collections.abc import Iterator
from itertools import chain

from assistant.answer import AbsentList, AskNext, Checklist, ChecklistLine, ItemStatus
from assistant.tell import Teller, find_notices, tell_notices
from assistant.words import Words
from corpus.facts import ABOUT_CASE, EXTERNAL, UNKNOWN, Facts, Reading, Vocabulary
from corpus.load import Corpus
from corpus.paragraph import Language
from corpus.policy import Clause, Condition, PolicyItem, PolicyList

_MOST_QUESTIONS = 3
# Whether somebody else runs it is no question to put; these are.
_SETTLES_EXTERNAL = ("service_model", "deployment", "operated_by")


def make_checklist(corpus: Corpus, facts: Facts, teller: Teller) -> Checklist:
    """Raise every item of the lists that always stand and of those that facts or topics bring in."""
    lines: list[ChecklistLine] = []
    absent: list[AbsentList] = []
    for policy_list in corpus.policy:
        if is_brought_in(policy_list, facts):
            lines += [_line(item, corpus, facts, teller) for item in policy_list.items]
        else:
            absent.append(AbsentList(policy_list.id, policy_list.title[teller.language]))
    named = {notice for line in lines for notice in line.notices}
    unread = teller.words.say("checklist.unread", teller.language) if corpus.item_fault else ""
    return Checklist(tuple(lines), tuple(absent), tell_notices(named, corpus, teller), unread)


def is_brought_in(policy_list: PolicyList, facts: Facts) -> bool:
    """Tell whether a list is shown. Topics and facts bring lists in, never out."""
    return (
        policy_list.always
        or any(topic in facts.topics for topic in policy_list.brought_in_by)
        or any(holds(clause, facts) for clause in policy_list.brought_in_when)
    )


def decide(item: PolicyItem, facts: Facts) -> tuple[ItemStatus, tuple[str, ...], tuple[str, ...]]:
    """Return the status of an item, the keys that decided it and the keys that are missing.

    An item is ruled out only by facts that a person stated or set.
    """
    status, decided_by = _judge(item, facts)
    return status, decided_by, _missing(item, facts) if status == "check" else ()


def _judge(item: PolicyItem, facts: Facts) -> tuple[ItemStatus, tuple[str, ...]]:
    for clause in item.not_applicable_when:
        if holds(clause, facts) and all(facts.is_certain(condition.key) for condition in clause):
            return "not_applicable", _keys(clause)
    for clause in item.applies_when:
        if holds(clause, facts):
            return "applies", _keys(clause)
    return "check", ()


def ask_next(corpus: Corpus, facts: Facts, language: Language) -> tuple[AskNext, ...]:
    """Return at most three questions, those first whose answer can change the most lines."""
    before = {item.id: _judge(item, facts)[0] for item in _items(corpus, facts)}
    weights = _weights(corpus, facts)
    known = {key: reading for key, reading in facts.readings.items() if reading.origin != "derived"}
    found = []
    for fact in corpus.vocabulary.facts.values():
        if fact.id == ABOUT_CASE or all(key in facts.readings for key in fact.keys):
            continue
        changed = set[str]()
        for key in fact.keys:
            for value in corpus.vocabulary.allowed(key):
                added = {key: Reading((value,), "set")}
                then = corpus.vocabulary.combine(known, added, topics=facts.topics)
                moved = {name for name, weight in _weights(corpus, then).items() if weight != weights[name]}
                # An item that turns on none of what moved stays as it was; most do.
                changed |= {
                    item.id
                    for item in _items(corpus, then)
                    if not moved.isdisjoint(item.keys)
                    and before.get(item.id) not in (None, _judge(item, then)[0])
                }
        if changed:
            found.append(AskNext(fact.id, fact.question[language], len(changed)))
    order = list(corpus.vocabulary.facts)
    return tuple(sorted(found, key=lambda ask: (-ask.changes, order.index(ask.fact)))[:_MOST_QUESTIONS])


def _items(corpus: Corpus, facts: Facts) -> Iterator[PolicyItem]:
    return chain.from_iterable(p.items for p in corpus.policy if is_brought_in(p, facts))


def _weights(corpus: Corpus, facts: Facts) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Return, by key, all that a condition sees of it: its values and whether they are certain."""
    return {key: (facts.values(key), facts.is_certain(key)) for key in corpus.vocabulary.keys}


def holds(clause: Clause, facts: Facts) -> bool:
    """Tell whether all conditions of a row are fulfilled."""
    return all(_fulfils(condition, facts) for condition in clause)


def _fulfils(condition: Condition, facts: Facts) -> bool:
    values = facts.values(condition.key)
    if condition.only:
        return set(values) <= set(condition.values)
    return any(value in condition.values for value in values)


def _keys(clause: Clause) -> tuple[str, ...]:
    return tuple(condition.key for condition in clause)


def _missing(item: PolicyItem, facts: Facts) -> tuple[str, ...]:
    """Return what would decide the item: unknown or unconfirmed keys, else every key it turns on."""
    unsure = [key for key in item.keys if not facts.is_certain(key)] or item.keys
    settled = [_SETTLES_EXTERNAL if key == EXTERNAL else (key,) for key in unsure]
    names = list(dict.fromkeys(chain.from_iterable(settled)))
    return tuple(key for key in names if not facts.is_certain(key)) or tuple(names)


def _roots(keys: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """Name the facts as people gave them: what a derived one rests on."""
    known = (facts.roots(key) for key in keys if key in facts.readings)
    return tuple(dict.fromkeys(chain.from_iterable(known)))


def _line(item: PolicyItem, corpus: Corpus, facts: Facts, teller: Teller) -> ChecklistLine:
    status: ItemStatus
    language, words = teller.language, teller.words
    try:
        status, decided_by, missing = decide(item, facts)
        why = _why(item, status, decided_by, missing, corpus.vocabulary, facts, language, words)
    except (LookupError, TypeError, ValueError):
        # A rule that cannot be worked out must never hide its item.
        status, decided_by, missing, why = "check", (), (), words.say("why.fault", language)
    model = facts.values("service_model")[0]
    paragraph = corpus.by_id[item.paragraph]
    rendition = corpus.render_item(item) if language != paragraph.language else ""
    return ChecklistLine(
        item.id,
        item.title[language],
        status,
        why,
        _roots(decided_by, facts),
        missing,
        item.paragraph,
        item.quote,
        rendition,
        item.who_by_model.get(model, item.who),
        item.role,
        item.evidence[language],
        teller.standing("item", item.id),
        find_notices(paragraph, corpus, item.span),
        corpus.sources[paragraph.source].kind,
        teller.standing("rendition", paragraph.id) if rendition else "",
        item.stops,
        paragraph.language,
        item.tightens,
        tuple(own.id for own in corpus.stricter.get(item.id, ())),
        _stricter(item, corpus, teller),
    )


def _stricter(item: PolicyItem, corpus: Corpus, teller: Teller) -> str:
    """Say what an own item of the municipality tightens, or by which own items one of ours is tightened."""
    if item.tightens:
        values = {"items": teller.words.join(item.tightens, teller.language)}
        return teller.words.say("checklist.tightens", teller.language, values)
    own = [f"{own.id} {own.title[teller.language]}" for own in corpus.stricter.get(item.id, ())]
    if not own:
        return ""
    return teller.words.say(
        "checklist.tightened", teller.language, {"items": teller.words.join(own, teller.language)}
    )


def _why(
    item: PolicyItem,
    status: ItemStatus,
    decided_by: tuple[str, ...],
    missing: tuple[str, ...],
    vocabulary: Vocabulary,
    facts: Facts,
    language: Language,
    words: Words,
) -> str:
    """Say why an item has its status, and what to do with it at this stage."""
    if status == "check":
        values = {"labels": _labels(missing, vocabulary, language, words)} if missing else {}
        key = "why.check" if any(key not in facts.readings for key in missing) else "why.confirm"
        if all(facts.is_certain(key) for key in missing):
            key = "why.judge"
        reason = item.check_reason.get(language) or words.say(key, language, values)
        return _with_stage(reason, facts, language, words)
    known = _roots(decided_by, facts)
    said = (
        words.join((_says(key, vocabulary, facts, language, words) for key in known), language)
        if known
        else ""
    )
    if status == "not_applicable":
        return words.say("why.not_applicable", language, {"facts": said})
    if decided_by == (ABOUT_CASE,):
        return _with_stage(words.say("why.case", language), facts, language, words)
    carried = any(facts.readings[key].origin == "carried" for key in known)
    reason = words.say("why.carried" if carried else "why.applies", language, {"facts": said})
    if assumed := tuple(key for key in decided_by if key not in facts.readings):
        labels = _labels(assumed, vocabulary, language, words)
        reason = f"{reason} {words.say('why.worst_case', language, {'labels': labels})}"
    return _with_stage(reason, facts, language, words)


def _with_stage(reason: str, facts: Facts, language: Language, words: Words) -> str:
    """Add what to do with the item at the stage the case is in; the stage never rules an item out."""
    stage = facts.values("stage")[0]
    return reason if stage == UNKNOWN else f"{reason} {words.say(f'stage.{stage}', language)}"


def _says(key: str, vocabulary: Vocabulary, facts: Facts, language: Language, words: Words) -> str:
    fact = vocabulary.fact(key)
    kind = key.partition(".")[2]
    values = facts.values(key)
    return words.join((fact.says[f"{kind}_{v}" if kind else v][language] for v in values), language)


def _labels(keys: tuple[str, ...], vocabulary: Vocabulary, language: Language, words: Words) -> str:
    labels = dict.fromkeys(vocabulary.fact(key).label[language] for key in keys)
    return words.join(labels, language)

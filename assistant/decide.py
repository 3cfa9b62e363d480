"""Decides what kind of answer the sources can give, from named signals and rules that are data (decisions.toml)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import Status
from assistant.rules import Least, Rules
from corpus.facts import ABOUT_CASE, EXTERNAL, Facts
from corpus.load import Corpus
from corpus.manifest import Source
from corpus.paragraph import Language, Paragraph
from corpus.sentences import split_sentences
from index.hit import Evidence, Hit, SearchResult

# Whoever wishes something of a supplier or place abroad is on the subject, as is who names data or a product.
_SUPPLIERS = frozenset({"jurisdiction", "location"})
_MOST_SPEAKING = 3
# By what it is like, a question is then not on the subject of the guidance.
_ELSEWHERE: tuple[Status, ...] = ("off_topic", "linked_source_only")
_FARTHEST = 12  # characters between an article and its law: "artikel 28 van de AVG"


@dataclass(frozen=True)
class Decision:
    """The status, and the linked source that holds the answer, if that is the reason.

    `speaking` are the paragraphs of documents that people added and that speak to the question, the best first; they
    alone answer where `is_guidance_silent`.
    """

    status: Status
    source: Source | None = None
    speaking: tuple[str, ...] = ()
    is_guidance_silent: bool = False


def decide(
    question: str,
    language: Language,
    facts: Facts,
    found: SearchResult,
    added: Sequence[Hit],
    corpus: Corpus,
    rules: Rules,
) -> Decision:
    """Decide the status of one question, the gravest reason not to answer first.

    `found` is of the guidance alone. Where it does not answer, `added`, of documents that people added, may.
    """
    if rules.orders.search(question):
        return Decision("refused")
    decision = _decide_by_guidance(question, language, facts, found, corpus, rules)
    is_named = _linked_source(question, corpus) is not None and decision.status == "linked_source_only"
    heard = _hear(question, language, added, corpus, rules)
    least = rules.added.off_subject if decision.status in _ELSEWHERE else rules.added.near
    is_sure = bool(heard) and heard[0].score + rules.added.probe * found.evidence.probe >= least
    if not is_sure or is_named or decision.status == "refused":
        return decision
    speaking = tuple(hit.paragraph for hit in heard)
    if decision.status in ("answered", "conditional"):
        return replace(decision, speaking=speaking)
    asks_for_a_case = asks_permission(question, facts, rules) and _names_data(facts)
    return Decision("conditional" if asks_for_a_case else "answered", None, speaking, is_guidance_silent=True)


def _hear(
    question: str, language: Language, hits: Sequence[Hit], corpus: Corpus, rules: Rules
) -> tuple[Hit, ...]:
    """Return the paragraphs of documents that people added and that may speak to the question, the best first."""
    near = [hit for hit in hits[:_MOST_SPEAKING] if hits[0].score - hit.score <= rules.added.tail]
    return tuple(
        hit for hit in near if _holds_asked(question, language, corpus.by_id[hit.paragraph], corpus, rules)
    )


def _holds_asked(
    question: str, language: Language, paragraph: Paragraph, corpus: Corpus, rules: Rules
) -> bool:
    """Tell whether a paragraph holds the values, what is counted, and the article, annex or part that are asked."""
    text = f"{paragraph.lead_in} {paragraph.text}"
    title = corpus.sources[paragraph.source].title
    whole = " ".join((title, *paragraph.headings, paragraph.number, text)).casefold()
    return (
        all(value.answered.search(text) for value in rules.added_values if value.asked.search(question))
        and all(
            paragraph.language != language or counted["start"].casefold() in whole
            for counted in rules.counted.finditer(question)
        )
        and all(
            any(named["number"] == held["number"] for held in part.finditer(whole))
            and _is_of_law(question[named.end() :], whole, corpus)
            for part in rules.parts
            for named in part.finditer(question)
        )
    )


def _is_of_law(rest: str, whole: str, corpus: Corpus) -> bool:
    """Tell whether a paragraph is of the law that follows an article in a question; what overtook a law is another one."""
    law = next((m for m in corpus.glossary.mentions(rest) if m.start <= _FARTHEST), None)
    if law is None:
        return True
    wordings = (law.term.old, (*law.term.wordings["nl"], *law.term.wordings["en"]))
    said = rest[law.start : law.end].casefold()
    return any(
        any(wording.casefold() in whole for wording in same)
        for same in wordings
        if said in {wording.casefold() for wording in same}
    )


def _decide_by_guidance(
    question: str,
    language: Language,
    facts: Facts,
    found: SearchResult,
    corpus: Corpus,
    rules: Rules,
) -> Decision:
    asks_for_a_desk = bool(rules.desk_topics & set(facts.topics))
    if not asks_for_a_desk and (source := _linked_source(question, corpus)):
        return Decision("linked_source_only", source)
    wish = rules.wish.probability(wish_signals(question, facts, found.evidence, corpus, rules))
    is_wish = wish >= rules.least.wish
    may_be_one = wish >= rules.least.wish_by_found and _found_a_case(
        found.hits, corpus, rules.least.behind_best
    )
    asks_for_a_case = is_wish or (
        asks_permission(question, facts, rules) and (_names_data(facts) or may_be_one)
    )
    has_subject = _has_subject(question, facts, rules)
    least = rules.least.off_subject
    if has_subject:
        least = rules.least.case if asks_for_a_case else rules.least.on_subject
    is_sure = is_wish or (asks_for_a_case and _names_special_data_and_supplier(facts))
    is_sure = is_sure and not asks_absent_value(question, found.hits, corpus, rules)
    if not found.hits or (not is_sure and probability(question, language, found, corpus, rules) < least):
        return _say_why_not(found.evidence, has_subject, corpus, rules.least)
    return Decision("conditional" if asks_for_a_case else "answered")


def probability(
    question: str, language: Language, found: SearchResult, corpus: Corpus, rules: Rules
) -> float:
    """Return how probable it is that the paragraphs found answer.

    Where nothing is known of questions that none does, all but a value that is not there is taken to be answered.
    """
    lacks_value = asks_absent_value(question, found.hits, corpus, rules)
    if not found.evidence.like:
        return float(not lacks_value)
    return rules.answerable[language].probability(found.evidence, lacks_value)


def _say_why_not(evidence: Evidence, has_subject: bool, corpus: Corpus, least: Least) -> Decision:
    """Return the reason of the unanswered questions that this one is like, unless it is only remotely like them."""
    like = corpus.unanswered.get(evidence.like)
    is_order = like is not None and like.reason == "refused"
    if (
        like
        and like.reason != "not_in_corpus"
        and not (is_order and evidence.contrast >= least.like_an_order)
    ):
        return Decision(like.reason, corpus.sources.get(like.source))
    is_far = not has_subject and evidence.nearest < least.near
    return Decision("off_topic" if is_far else "not_in_corpus")


def asks_permission(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether it is asked if something may be done in a case of which something is known."""
    if facts.values(ABOUT_CASE)[0] != "yes":
        return False
    return (
        _goes_on(question, facts, rules)
        or bool(rules.permission.search(question))
        or (_names_data(facts) and not rules.knowledge.search(question))
    )


def wish_signals(
    question: str, facts: Facts, evidence: Evidence, corpus: Corpus, rules: Rules
) -> tuple[float, ...]:
    """Return what tells whether it is asked if something may go into the cloud, in the order of the fields of Wish."""
    topics = set(facts.topics)
    sides = (corpus.positions.subjects - rules.case_topics) | corpus.positions.never
    names_a_place = bool(topics & {"cloud", "product"}) or facts.values(EXTERNAL) == ("yes",)
    return (
        evidence.wish,
        float(bool(rules.placing.search(question))),
        float(names_a_place),
        float(bool(topics & sides)),
        float(asks_to_know(question, rules)),
        float(_names_data(facts)),
    )


def asks_to_know(question: str, rules: Rules) -> bool:
    """Tell whether what is asked, after all that may have been told before, begins with who, what or how."""
    parts = [question[start:end] for start, end in split_sentences(question)]
    asked = [part for part in parts if part.endswith("?")] or parts
    return bool(asked and rules.knowledge.search(asked[-1]))


def _found_a_case(hits: Sequence[Hit], corpus: Corpus, behind: float) -> bool:
    """Tell whether what was found best, or nearly so, is a paragraph that answers to cases rest on."""
    positions = (position for position in corpus.positions.all if position.breadth in ("case", "fallback"))
    of_cases = {cite.paragraph for position in positions for cite in position.cites}
    of_cases |= {item.paragraph for policy_list in corpus.policy for item in policy_list.items if item.stops}
    return any(hit.paragraph in of_cases and hits[0].score - hit.score <= behind for hit in hits)


def _names_data(facts: Facts) -> bool:
    """Tell whether this question says, or the user set, that there are data of some kind."""
    return any(key.startswith("data.") and facts.values(key) == ("yes",) for key in _own_keys(facts))


def _names_special_data_and_supplier(facts: Facts) -> bool:
    """Tell whether special categories of data are named, and somebody else who would hold them.

    What the guidance says of such a case holds whatever words data and product go by, so facts decide, not the search.
    """
    return facts.values("data.special") == ("yes",) and facts.values(EXTERNAL) == ("yes",)


def _goes_on(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether the question goes on with the case of the conversation."""
    carried = any(reading.origin == "carried" for reading in facts.readings.values())
    return carried and bool(rules.follow_up.search(question))


def _own_keys(facts: Facts) -> set[str]:
    """Return the keys of what this question says or the user set; what was carried says nothing of its subject."""
    return {key for key, reading in facts.readings.items() if reading.origin in ("stated", "set")}


def _has_subject(question: str, facts: Facts, rules: Rules) -> bool:
    """Tell whether the question is surely on the subject."""
    named = rules.subject_facts & _own_keys(facts) or rules.subject_topics & set(facts.topics)
    named_thing = _names_data(facts) or "product" in facts.topics or _SUPPLIERS & _own_keys(facts)
    wish = named_thing and rules.permission.search(question) and not rules.citizen.search(question)
    return bool(named or wish or rules.subject.search(question) or _goes_on(question, facts, rules))


def _linked_source(question: str, corpus: Corpus) -> Source | None:
    """Return the source that is only linked to and that the question asks the contents of."""
    folded = question.casefold()
    for source in corpus.sources.values():
        if not source.is_held and any(mention.casefold() in folded for mention in source.mentions):
            return source
    return None


def asks_absent_value(question: str, hits: Sequence[Hit], corpus: Corpus, rules: Rules) -> bool:
    """Tell whether a value is asked that none of the nearest paragraphs holds."""
    return any(
        value.asked.search(question)
        and not any(value.answered.search(corpus.by_id[hit.paragraph].text) for hit in hits[:5])
        for value in rules.values
    )

"""Reads what a question states into facts and topics, and tells its language. Patterns decide, no model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.clauses import Clause, Text, read_text
from assistant.denial import Denial, Mention, find_denials, find_only
from assistant.places import find_places
from corpus.facts import ABOUT_CASE, Reading
from corpus.paragraph import Language
from corpus.patterns import Patterns
from corpus.phrases import Phrases, split_words
from corpus.toml import LANGUAGES

_UNSURE = ""
_DATA = "data."
# A word of a language says more than a beginning or ending that is common in it.
_OWN_WORD = 2
_OF_THE_SUPPLIER = ("supplier_access", "supplier_role", "operated_by")
_PLACED = ("operated_by", "supplier")
_OF_THE_PLACE = ("location", "jurisdiction", "network", "deployment", "operated_by", "supplier_access")


@dataclass(frozen=True)
class ReadFacts:
    """What a question states. `words` of a reading are the question's own, joined by a comma where apart."""

    readings: Mapping[str, Reading]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class _Finding:
    """One value read in one place; an empty value is doubt, which outweighs a no."""

    key: str
    value: str
    first: int
    last: int
    gives_way_to: tuple[str, ...] = ()


def read_facts(question: str, patterns: Patterns) -> ReadFacts:
    """Read what is stated, never what is only asked, doubted or explained; topics come from all of it."""
    text = read_text(question, patterns)
    mentions = _drop_contained([*_find_mentions(text), *find_places(text)])
    denials = find_denials(text, mentions)
    closed = _closed_sentences(text, mentions)
    findings = [
        _Finding(ABOUT_CASE, "no", first, last) for first, last in text.find(patterns.marks["learning"])
    ]
    for mention in mentions:
        if text.clause(mention.first).sentence not in closed:
            findings += _judge(text, mention, denials.get(mention))
    findings += _read_only(text, mentions, closed)
    findings.sort(key=lambda finding: (finding.first, finding.last, finding.value))
    return ReadFacts(_merge(text, findings), _read_topics(text))


def _find_mentions(text: Text) -> Iterator[Mention]:
    for pattern in text.patterns.facts:
        found = dict.fromkeys(text.find(pattern.signs), False)
        found |= dict.fromkeys(text.find(pattern.names), True)
        apart = set[int]()
        if found:
            apart = {at for span in text.find(pattern.apart) for at in range(*span)}
        for (first, last), is_name in found.items():
            if apart.isdisjoint(range(first, last)):
                yield Mention(pattern, first, last, is_name)


def _drop_contained(mentions: Iterable[Mention]) -> list[Mention]:
    """Of the mentions of one fact keep the longest: "medische persoonsgegevens" is not "persoonsgegevens"."""
    widest: dict[str, tuple[int, int]] = {}
    kept = []
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last, m.pattern.key, m.pattern.value)):
        fact, span = mention.pattern.key.split(".")[0], (mention.first, mention.last)
        wide = widest.get(fact, (0, 0))
        if wide == span or wide[1] < mention.last:
            kept.append(mention)
            widest[fact] = span
    return kept


def _closed_sentences(text: Text, mentions: Iterable[Mention]) -> set[int]:
    """Return the sentences that state nothing: questions about all municipalities, and explanations asked for.

    "What does SaaS mean for us?" is about a case all the same.
    """
    cases = {text.clause(m.first).sentence for m in mentions if m.pattern.key == ABOUT_CASE}
    general = {text.clause(at).sentence for at in text.marks["general"]}
    learning = {text.clause(at).sentence for at in text.marks["learning"]}
    return general | (learning - cases)


def _judge(text: Text, mention: Mention, denial: Denial | None) -> Iterator[_Finding]:
    """Say what a mention states, if anything."""
    pattern, clause = mention.pattern, text.clause(mention.first)
    if denial and not (pattern.can_be_denied and mention.is_name):
        return
    first, last = (denial.first, denial.last) if denial else (mention.first, mention.last)
    value = pattern.value
    if _is_open(text, mention, clause):
        value = _UNSURE
    elif denial:
        value = _denied_value(text, denial, clause, is_data=pattern.key.startswith(_DATA))
    elif value == "no" and (clause.guessed or _is_weakened(text, clause, mention.first)):
        value = _UNSURE
    yield _Finding(pattern.key, value, first, last, pattern.gives_way_to)


def _is_open(text: Text, mention: Mention, clause: Clause) -> bool:
    """Tell whether a mention is asked or doubted rather than stated."""
    key = mention.pattern.key
    if key == ABOUT_CASE:
        return False
    # "Mogen we dit bij een leverancier opslaan?" says that a supplier would run it, as "in SaaS" says what it would be.
    placed = (key, mention.pattern.value) == _PLACED
    supplier = key in _OF_THE_SUPPLIER and not placed and (clause.wh or clause.modal or clause.guessed)
    place = key in _OF_THE_PLACE and clause.ruled
    if supplier or place:
        return True
    if key in text.patterns.presupposed:
        return False
    presupposed = key.startswith(_DATA) and text.has("the", mention.first - 1, mention.first)
    return (clause.asked or clause.wondered) and not presupposed


def _is_weakened(text: Text, clause: Clause, last: int) -> bool:
    """Tell whether what a clause denies, up to `last`, is a rule, a hope or a belief rather than how things are."""
    start, end = text.sentence(clause.first)
    rule = text.has("rules", clause.first, last) or text.has("wondering", start, last)
    return rule or text.has("hedges", start, end)


def _denied_value(text: Text, denial: Denial, clause: Clause, *, is_data: bool) -> str:
    """Say what a denied name states: no only where nothing weakens it, since a no rules duties out."""
    start, end = text.sentence(denial.first)
    if denial.strength == "turned" or text.has("exceptions", denial.last, end):
        return "yes"
    if text.has("exceptions", start, denial.last):
        # "Apart from allergies there are no ...": what is excepted is there, and the rest is not for us to tell.
        is_excepted = text.has("exceptions", denial.first, denial.last)
        return "yes" if is_excepted and text.has("denials", denial.last, end) else _UNSURE
    if denial.strength == "weak":
        return _UNSURE
    if text.has("without", denial.first, denial.last):
        return "no"
    weakened = clause.guessed or clause.wh or clause.ruled or _is_weakened(text, clause, denial.first)
    of_data = is_data and (
        clause.allowed or text.has("deeds", clause.first, clause.last) or text.has("transformed", start, end)
    )
    return _UNSURE if weakened or of_data else "no"


def _read_only(text: Text, mentions: Iterable[Mention], closed: set[int]) -> Iterator[_Finding]:
    """Read what is ruled out by saying that there is nothing else: "alleen namen", "public data only"."""
    for mention, first, last in find_only(text, [m for m in mentions if m.pattern.alone]):
        clause = text.clause(mention.first)
        opens = clause.asked or clause.wondered or clause.ruled or clause.guessed
        opens = opens or (clause.allowed and not text.has("without", first - 1, last))
        opens = opens or text.has("deeds", clause.first, clause.last)
        if not opens and clause.sentence not in closed and not _is_weakened(text, clause, first):
            for key in mention.pattern.alone:
                yield _Finding(key, "no", first, last)


def _merge(text: Text, findings: Sequence[_Finding]) -> dict[str, Reading]:
    """Join what was found: a yes outweighs a doubt and a doubt a no; two values of one fact leave it unknown."""
    vocabulary = text.patterns.vocabulary
    readings = {}
    for key in vocabulary.keys:
        found = [finding for finding in findings if finding.key == key]
        read = {finding.value for finding in found}
        allowed = vocabulary.allowed(key)
        if allowed == ("yes", "no"):
            values = tuple(value for value in ("yes", _UNSURE, "no") if value in read)[:1]
        else:
            beaten = {f.value for f in found if read & set(f.gives_way_to)}
            values = tuple(value for value in allowed if value in read - beaten)
            if vocabulary.fact(key).shape == "one" and len(values) > 1:
                continue
        if values and values != (_UNSURE,):
            words = [text.literal(f.first, f.last) for f in found if f.value in values]
            readings[key] = Reading(values, "stated", ", ".join(dict.fromkeys(words)))
    return readings


def _read_topics(text: Text) -> tuple[str, ...]:
    return text.patterns.vocabulary.check_topics(
        topic.id for topic in text.patterns.topics if _stands_free(text, topic.words, topic.apart)
    )


def _stands_free(text: Text, phrases: Phrases, apart: Phrases) -> bool:
    """Tell whether a phrase stands somewhere outside the phrases that it does not count in."""
    found = list(text.find(phrases))
    taken = {at for span in text.find(apart) for at in range(*span)} if found else set()
    return any(taken.isdisjoint(range(*span)) for span in found)


def detect_language(question: str, patterns: Patterns) -> Language:
    """Tell whether a question is Dutch or English; Dutch where its words do not tell."""
    words = [word.text for word in split_words(question, patterns.capitals)]
    text = f" {' '.join(words)} "
    scores = dict.fromkeys(LANGUAGES, 0)
    for language, tongue in patterns.tongues.items():
        own = sum(word in tongue.words for word in words)
        shaped = sum(1 for phrase in tongue.shapes for _ in phrase.find(text))
        scores[language] = _OWN_WORD * own + shaped
    return "en" if scores["en"] > scores["nl"] else "nl"

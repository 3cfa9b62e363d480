"""The facts of the last question as chips that can be changed, and what to ask next as buttons."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.answer import Answer
from assistant.page.choice import write_choice
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.parts import Shown, Speaker, section, small
from assistant.render import ask_next_lines
from corpus.facts import EXTERNAL, UNKNOWN, Reading, Vocabulary


def show_facts(answer: Answer, chosen: Mapping[str, Reading], shown: Shown, say: Speaker) -> Html:
    """Return every fact that was read or set, each with the other values it may take."""
    readings = answer.facts.readings
    keys = [key for key in shown.vocabulary.keys if (key in readings or key in chosen) and key != EXTERNAL]
    if not keys:
        return section("facts", say("facts.title"), element("p", {}, say("facts.none")))
    chips = (element("li", {}, _chip(key, answer, chosen, shown.vocabulary, say)) for key in keys)
    return section(
        "facts",
        say("facts.title"),
        small(say("page.facts_change")),
        element("ul", {"class": "fact-chips"}, *chips),
    )


def show_ask_next(answer: Answer, shown: Shown, say: Speaker) -> Html:
    """Return what to find out first, with a button for every answer."""
    if not answer.ask_next:
        return NOTHING
    lines = zip(answer.ask_next, ask_next_lines(answer, say.words), strict=True)
    asked = (
        element(
            "li",
            {"id": f"ask.{ask.fact}"},
            element("p", {}, literal(line)),
            *_answers(ask.fact, answer, shown.vocabulary, say),
        )
        for ask, line in lines
    )
    return section("ask-next", say("ask_next.title"), element("ul", {}, *asked))


def name_key(key: str, vocabulary: Vocabulary, say: Speaker) -> str:
    """Return a fact as a chip names it."""
    fact, kind = vocabulary.fact(key), key.partition(".")[2]
    return say.words.say(f"value.{fact.id}_{kind}", say.language) if kind else fact.label[say.language]


def name_values(key: str, values: Sequence[str], vocabulary: Vocabulary, say: Speaker) -> str:
    """Return the values of a fact in a few words."""
    if tuple(values) == (UNKNOWN,):
        return say.words.say("facts.unknown", say.language)
    fact = vocabulary.fact(key)
    start = "facts." if fact.shape == "map" else f"value.{fact.id}_"
    return say.words.join((say.words.say(f"{start}{value}", say.language) for value in values), say.language)


def _chip(
    key: str, answer: Answer, chosen: Mapping[str, Reading], vocabulary: Vocabulary, say: Speaker
) -> Html:
    """Show one fact; what is derived has no buttons, as it changes with what it is derived from."""
    reading = answer.facts.readings.get(key) or Reading((UNKNOWN,), "set")
    if reading.origin == "derived":
        bases = dict.fromkeys(name_key(root, vocabulary, say) for root in answer.facts.roots(key))
        origin = say("facts.derived_from", {"names": say.words.join(bases, say.language)})
    else:
        origin = say(f"facts.{reading.origin}", {"words": reading.words})
    line = join(
        literal(f"{name_key(key, vocabulary, say)}: "),
        element("strong", {}, literal(name_values(key, reading.values, vocabulary, say))),
        element("span", {"class": "small"}, literal(" ("), origin, literal(")")),
    )
    if reading.origin == "derived":
        return element("p", {"class": "fact derived", "id": f"fact.{key}"}, line)
    undo = [_button(write_choice(key, ()), say("page.undo"))] if key in chosen else []
    unknown = () if reading.values == (UNKNOWN,) else (UNKNOWN,)
    values = [*vocabulary.allowed(key), *unknown]
    buttons = [_value(key, value, reading.values, vocabulary, say) for value in values]
    return element(
        "details",
        {"class": "fact", "id": f"fact.{key}"},
        element("summary", {}, line),
        _group(literal(name_key(key, vocabulary, say)), [*buttons, *undo]),
    )


def _answers(fact_id: str, answer: Answer, vocabulary: Vocabulary, say: Speaker) -> Iterator[Html]:
    """Yield the answers to a question; each kind of a map is a question of its own."""
    fact = vocabulary.facts[fact_id]
    for key in fact.keys:
        if key in answer.facts.readings:
            continue
        name = literal(name_key(key, vocabulary, say))
        buttons = [_value(key, value, (), vocabulary, say) for value in vocabulary.allowed(key)]
        yield _group(name, buttons, "kinds" if fact.shape == "map" else "choices")


def _value(key: str, value: str, present: Sequence[str], vocabulary: Vocabulary, say: Speaker) -> Html:
    """Show a value to choose; in a set of values it is put in or taken out."""
    is_chosen = value in present
    values = [value]
    if vocabulary.fact(key).shape == "set" and value != UNKNOWN:
        left = {*present} - {value} if is_chosen else {*present, value}
        values = [known for known in vocabulary.allowed(key) if known in left] or [UNKNOWN]
    name = literal(name_values(key, [value], vocabulary, say))
    if not is_chosen:
        return _button(write_choice(key, values), name)
    unseen = element("span", {"class": "unseen"}, literal(" ("), say("page.chosen"), literal(")"))
    return _button(write_choice(key, values), join(literal("✓ "), name, unseen), "chosen")


def _button(choice: str, name: Html, style: str = "choice") -> Html:
    """Return a button that the page's script reads; Gradio lets no `data-` and no `aria-` pass."""
    return element("button", {"type": "button", "name": "choice", "value": choice, "class": style}, name)


def _group(name: Html, buttons: Sequence[Html], style: str = "choices") -> Html:
    legend = {} if style == "kinds" else {"class": "unseen"}
    return element("fieldset", {"class": style}, element("legend", legend, name), *buttons)

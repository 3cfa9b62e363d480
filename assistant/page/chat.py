"""The page in Gradio: the only file that imports it."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Literal

# Set before the first import: Gradio and what it brings look up their makers' hosts otherwise.
os.environ.update(
    {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",  # a summary of all events, after each of them
        "GRADIO_RUN_HISTORY": "False",
        "HF_HUB_DISABLE_TELEMETRY": "True",
        "DO_NOT_TRACK": "1",
    }
)
# Settings may allow a download; nothing else does.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")

import gradio as gr
import gradio.queueing
from fastapi import FastAPI

from assistant.errors import QuestionError, name_fault
from assistant.page.choice import read_choice
from assistant.page.conversation import (
    Ask,
    Conversation,
    ask_again_with_facts,
    ask_next_question,
    open_link,
    set_fact,
    turn_back,
)
from assistant.page.frame import (
    announce_answer,
    announce_change,
    announce_waiting,
    complain,
    show_conversation,
    show_foot,
    show_heading,
    show_hint,
    show_standing,
)
from assistant.page.keep import show_note, show_region
from assistant.page.limits import Inputs
from assistant.page.link import read_link
from assistant.page.parts import Shown
from assistant.page.warning import personal_in, show_warning
from assistant.personal import Sort
from corpus.paragraph import Language

_LOG = logging.getLogger(__name__)
_LANGUAGES: tuple[tuple[str, Language], ...] = (("Nederlands", "nl"), ("English", "en"))
_START: Language = "nl"
_BUTTONS = ("personal.change", "personal.anyway", "keep.copy", "keep.save")
_WAITING = 40  # questions, two of each of twenty people; the next one is told to come back
_CLEANED = (3600, 3600)  # seconds: how often, and from which age, Gradio deletes its temporary files

Outputs = tuple[object, ...]


def mount_page(app: FastAPI, ask: Ask, shown: Shown, today: Callable[[], str]) -> Inputs:
    """Put the page at the root of `app`; return what it may send. Cannot be called from a running event loop."""
    # Gradio prints an exception whole, with what was typed in its text.
    vars(gradio.queueing)["traceback"] = SimpleNamespace(print_exc=_log_fault)
    # Outside of a loop Gradio opens one for each of its locks and closes none.
    return asyncio.run(_mount(app, _Handlers(ask, shown, today), shown))


def _log_fault() -> None:
    """Log the exception that is being handled."""
    if error := sys.exception():
        _LOG.error("no answer: %s", name_fault(error))


async def _mount(app: FastAPI, handlers: "_Handlers", shown: Shown) -> Inputs:
    blocks = _build(handlers, shown)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name="127.0.0.1",
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Base(font=("system-ui", "sans-serif"), font_mono=("monospace",)),
    )
    return {
        number: tuple(_holds(control) for control in function.inputs)
        for number, function in blocks.fns.items()
    }


def _holds(control: gr.blocks.Block) -> Mapping[str, object] | None:
    """Return what a control can hold, as a JSON schema; None where the server keeps it."""
    return (
        control.api_info() if isinstance(control, gr.components.Component) and not control.stateful else None
    )


class _Handlers:
    """What happens when somebody asks, starts anew or changes the language."""

    def __init__(self, ask: Ask, shown: Shown, today: Callable[[], str]) -> None:
        self._ask, self._shown, self._today = ask, shown, today
        self._notes_sent = count()

    def ask(self, question: object, conversation: Conversation, language: Language) -> Iterator[Outputs]:
        """Answer a question, or warn where it seems to hold personal data: a browser may not have done so."""
        if found := personal_in(question):
            yield self._tell("", language)  # the same warning twice would be no change, and so not told
            yield self._tell("", language, found)
        else:
            yield from self.ask_anyway(question, conversation, language)

    def ask_anyway(
        self, question: object, conversation: Conversation, language: Language
    ) -> Iterator[Outputs]:
        """Say that the question has arrived, then answer it, whatever it holds."""
        yield self._tell(announce_waiting(self._shown, language), language)
        yield self._answer(partial(ask_next_question, conversation, question), language)

    def give_note(self, conversation: Conversation, language: Language) -> str:
        """Send the answer on screen as a note, for the script that copies or saves it."""
        return show_note(conversation, self._shown, language, next(self._notes_sent))

    def ask_with_facts(self, conversation: Conversation, language: Language) -> Outputs:
        """Answer the last question again, with the facts that were left out."""
        return self._answer(partial(ask_again_with_facts, conversation), language)

    def set_fact(self, choice: object, conversation: Conversation, language: Language) -> Outputs:
        """Set a fact of the last question; what is being typed stays."""
        try:
            key, reading = read_choice(choice, self._shown.vocabulary)
        except QuestionError as error:
            return self._complain(f"question.{error.reason}", language)
        show = partial(self._show_change, key)
        return self._answer(partial(set_fact, conversation, key, reading), language, show)

    def open_link(self, fragment: object, language: Language) -> Iterator[Outputs]:
        """Say that a link has arrived, then answer its question as a new case.

        A question that seems to hold personal data waits in the field, with a warning.
        """
        try:
            link = read_link(fragment, self._shown.vocabulary)
        except QuestionError as error:
            yield self._complain(f"question.{error.reason}", language)
            return
        if found := personal_in(link.question):
            kept, _, *told = self._tell("", language, found)
            yield (kept, gr.update(value=link.question), *told)
            return
        yield self._tell(announce_waiting(self._shown, language), language)
        yield self._answer(partial(open_link, link), language)

    def turn_back(self, place: object, conversation: Conversation, language: Language) -> Outputs:
        """Show an earlier answer again."""
        return self._answer(lambda *_: turn_back(conversation, place), language)

    def forget(self, language: Language) -> Outputs:
        """Start a new case."""
        conversation, _, *shown = self._show(Conversation(), language)
        return conversation, gr.update(value=""), *shown

    def translate(self, conversation: Conversation, language: Language) -> Outputs:
        """Show the page in another language; answers keep the language of their question."""
        say = partial(self._shown.words.say, language=language)
        return (
            show_heading(self._shown, language),
            gr.update(label=say("page.language")),
            gr.update(label=say("page.question")),
            show_hint(self._shown, language),
            show_standing(self._shown, language),
            show_warning((), self._shown, language),
            *(gr.update(value=say(key)) for key in _BUTTONS),
            gr.update(value=say("page.send")),
            gr.update(value=say("page.new_case")),
            gr.update(value=say("page.carry_over")),
            "",
            show_conversation(conversation, self._shown, language),
            show_foot(self._shown, language),
        )

    def _answer(
        self,
        ask: Callable[[str, Ask], Conversation],
        language: Language,
        show: Callable[[Conversation, Language], Outputs] | None = None,
    ) -> Outputs:
        try:
            return (show or self._show)(ask(self._today(), self._ask), language)
        except QuestionError as error:
            return self._complain(f"question.{error.reason}", language)
        # Whatever it is: Gradio would print its text, with the question in it, to standard error.
        except Exception:  # noqa: BLE001
            _log_fault()
            return self._complain("page.fault", language)

    def _show(self, conversation: Conversation, language: Language) -> Outputs:
        return (
            conversation,
            gr.skip(),  # the page's script empties the field, unless something else is in it by then
            announce_answer(conversation, self._shown, language),
            show_conversation(conversation, self._shown, language),
            gr.update(visible=any(turn.left_out for turn in conversation.turns[-1:])),
            show_warning((), self._shown, language),
        )

    def _show_change(self, key: str, conversation: Conversation, language: Language) -> Outputs:
        told = announce_change(conversation, key, self._shown, language)
        return conversation, gr.skip(), told, self._show(conversation, language)[3], gr.skip(), gr.skip()

    def _complain(self, key: str, language: Language) -> Outputs:
        return self._tell(complain(self._shown.words.say(key, language), language), language)

    def _tell(self, announcement: str, language: Language, found: Sequence[Sort] = ()) -> Outputs:
        warning = show_warning(found, self._shown, language)
        return gr.skip(), gr.skip(), announcement, gr.skip(), gr.skip(), warning


def _build(handlers: _Handlers, shown: Shown) -> gr.Blocks:
    say = partial(shown.words.say, language=_START)
    blocks = gr.Blocks(analytics_enabled=False, title="Wolkwijzer", fill_width=True, delete_cache=_CLEANED)
    with blocks:
        standing = _html(show_standing(shown, _START), "standing")
        conversation = gr.State(Conversation())
        with gr.Row(elem_id="top"):
            heading = _html(show_heading(shown, _START), "heading")
            language = gr.Radio(_LANGUAGES, value=_START, label=say("page.language"), elem_id="language")
        with gr.Column(elem_id="work"):
            question = gr.Textbox(
                label=say("page.question"),
                lines=1,  # with one line, Enter sends
                max_lines=8,
                buttons=[],
                elem_id="question",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
            )
            hint = _html(show_hint(shown, _START), "hint")
            with gr.Column(elem_id="personal-box"):
                warning = _html(show_warning((), shown, _START), "personal-warning")
                with gr.Row(elem_id="personal-buttons"):
                    change = gr.Button(say("personal.change"), elem_id="personal-change")
                    anyway = gr.Button(say("personal.anyway"), elem_id="personal-anyway")
            with gr.Row(elem_id="buttons"):
                send = gr.Button(say("page.send"), variant="primary", elem_id="send")
                new_case = gr.Button(say("page.new_case"), elem_id="new-case")
            announcement = _html("", "announcement")
            carry_over = gr.Button(say("page.carry_over"), visible=False, elem_id="carry-over")
            with gr.Row(elem_id="keep"):
                copy = gr.Button(say("keep.copy"), elem_id="copy")
                save = gr.Button(say("keep.save"), elem_id="save")
                _html(show_region(), "kept-said")
            kept = _html("", "kept")
            answers = _html(show_conversation(Conversation(), shown, _START), "answers")
        foot = _html(show_foot(shown, _START), "foot")

        # The page's scripts write here what was chosen in our own HTML: Gradio's `js=` needs a policy with eval.
        choice = gr.Textbox(visible="hidden", elem_id="choice")
        link = gr.Textbox(visible="hidden", elem_id="link")
        earlier = gr.Textbox(visible="hidden", elem_id="earlier")

        answered = [conversation, question, announcement, answers, carry_over, warning]
        asked = [question, conversation, language]
        _on([send.click, question.submit], _end_briefly(handlers.ask), asked, answered)
        _on([anyway.click], _end_briefly(handlers.ask_anyway), asked, answered)
        _on([carry_over.click], handlers.ask_with_facts, [conversation, language], answered)
        _on([choice.submit], handlers.set_fact, [choice, conversation, language], answered)
        _on([link.submit], _end_briefly(handlers.open_link), [link, language], answered)
        _on([earlier.submit], handlers.turn_back, [earlier, conversation, language], answered)
        _on([new_case.click], handlers.forget, [language], answered)
        _on([copy.click, save.click], handlers.give_note, [conversation, language], [kept])
        worded = [heading, language, question, hint, standing, warning, change, anyway, copy, save]
        worded += [send, new_case, carry_over, announcement, answers, foot]
        _on([language.change], handlers.translate, [conversation, language], worded, "always_last")
    blocks.queue(api_open=False, max_size=_WAITING, default_concurrency_limit=1)
    return blocks


def _html(value: str, name: str) -> gr.Markdown:
    """Show our own HTML. `gr.Markdown` runs no script; `gr.HTML` needs a policy that lets scripts be made."""
    return gr.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[], buttons=[])


def _end_briefly(handler: Callable[..., Iterator[Outputs]]) -> Callable[..., Iterator[Outputs]]:
    """Have a handler end with no change: Gradio sends what came last a second time, and that would be the answer."""

    def handle(*inputs: object) -> Iterator[Outputs]:
        for outputs in handler(*inputs):
            yield outputs
        yield tuple(gr.skip() for _ in outputs)

    return handle


def _on(
    triggers: Sequence[Callable[..., object]],
    handler: Callable[..., Outputs | Iterator[Outputs] | str],
    inputs: Sequence[gr.components.Component],
    outputs: Sequence[gr.components.Component],
    trigger_mode: Literal["multiple", "always_last"] = "multiple",
) -> None:
    gr.on(
        triggers,
        handler,
        inputs,
        outputs,
        api_visibility="private",
        show_progress="hidden",
        # No press is lost: those made while one is being answered wait, also where its answer is on screen already.
        trigger_mode=trigger_mode,
        # Those that change the conversation go one by one: each begins with what the one before has left.
        concurrency_id="conversation" if any(output.stateful for output in outputs) else None,
    )

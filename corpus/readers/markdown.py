"""The reader of Markdown, as CommonMark has it, with tables, footnotes, call-outs and the front matter of site makers."""

import re

from lxml.etree import Comment
from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.errors import ReadError
from corpus.extraction import Extraction
from corpus.readers.decode import decode
from corpus.readers.elements import parse_page, read_elements
from corpus.readers.finish import finish
from corpus.readers.hidden import drop_hidden

# Older Markdown needs no space behind the signs of a heading.
_TIGHT_HEADING = re.compile(r"^(#{2,6})(?=[^#\s])", re.MULTILINE)
_FRONT = re.compile(r"^(title|author|date):[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_DEEPEST = 100  # what stands deeper would be left out without a word
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_markdown(data: bytes) -> Extraction:
    """Read Markdown by way of the page it makes: what people see there is the text.

    Raises ReadError: no text, or nothing in it.
    """
    reader = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    for plugin in (admon_plugin, deflist_plugin, footnote_plugin, front_matter_plugin):
        reader = reader.use(plugin)
    # A line of its own may be an item: "a. ..." makes no list in CommonMark.
    reader.add_render_rule("softbreak", _soft_break)
    text = _TIGHT_HEADING.sub(r"\1 ", decode(data))
    tokens = reader.parse(text)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        raise ReadError("document", "broken", "its lists or quotes are nested too deep to be read")
    front = tokens[0].content if tokens and tokens[0].type == "front_matter" else ""
    page = parse_page(f"<body>{reader.render(text)}</body>")
    said = {key: value.strip("\"'") for key, value in _FRONT.findall(front)}
    hidden = drop_hidden(page, page) + sum(len(comment.text.strip()) for comment in page.iter(Comment))
    date = _DATE.match(said.get("date", ""))
    return finish(
        "markdown",
        read_elements(page.find("body")),
        hidden,
        said.get("title", ""),
        said.get("author", ""),
        date[0] if date else "",
    )


def _soft_break(*_: object) -> str:
    return "<wbr>\n"

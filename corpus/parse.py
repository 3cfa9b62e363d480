"""Reads the text layer of the guidance into paragraphs.

The layer has lost its typography: wrapped lines are parted by empty lines, headings look like wrapped lines,
bullets are a leading blank, and page furniture stands inside sentences. The outline (outlines.toml) says what
cannot be seen in the text; everything else is told from blanks and widths.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.errors import DocumentError
from corpus.outline import Outline
from corpus.paragraph import Document, Kind, Omission, Paragraph, Reason, Span, collapse
from corpus.repair import read_fragments, read_sentences

# A line that ends a sentence and leaves room for the next word was ended on purpose (widths 84 to 106 occur).
_NARROWEST_WRAP = 84
_RULE = 40
_MARKER = re.compile(r"(?:(\d{1,2})\.|[-o])\s+")
_FOOTNOTE = re.compile(r"(\d)\s+(?=\S)")


@dataclass(frozen=True)
class _Line:
    number: int
    start: int
    raw: str
    blanks: tuple[str, ...]  # the blank lines above it

    @property
    def text(self) -> str:
        return self.raw.strip()


@dataclass
class _Block:
    """A paragraph being collected."""

    kind: Kind
    headings: tuple[str, ...]
    number: str
    lines: list[_Line]
    marker: int = 0  # characters of the list marker in the first line
    lead_in: str = ""


def parse_guidance(data: bytes, source: str, outline: Outline) -> Document:
    """Parse the untouched bytes of the guidance.

    Raises DocumentError where the bytes are not UTF-8 or the outline names what is not in the text.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{source}: not UTF-8 at byte {error.start}") from error
    lines = _read_lines(text)
    omitted = _omit(lines, outline)
    blocks = _collect([line for line in lines if line.number not in omitted], omitted, source, outline)
    return Document(
        source,
        text,
        hashlib.sha256(data).hexdigest(),
        tuple(_finish(blocks, text, source, outline)),
        tuple(Omission(number, reason) for number, reason in sorted(omitted.items())),
    )


def _read_lines(text: str) -> list[_Line]:
    lines, start, blanks = [], 0, list[str]()
    for number, raw in enumerate(text.split("\n"), 1):
        # A line of very many blanks is the rule above a footnote.
        if raw.strip() or len(raw) > _RULE:
            lines.append(_Line(number, start, raw, tuple(blanks)))
            blanks = []
        else:
            blanks.append(raw)
        start += len(raw) + 1
    return lines


def _omit(lines: list[_Line], outline: Outline) -> dict[int, Reason]:
    """Tell which lines are page furniture, and why."""
    omitted: dict[int, Reason] = {}
    in_table = False
    for position, line in enumerate(lines):
        above = lines[position - 1].text if position else ""
        below = lines[position + 1] if position + 1 < len(lines) else None
        in_table = in_table or line.text == outline.table[0]
        if in_table:
            omitted[line.number] = "table"
            in_table = line.text != outline.table[1]
        elif not line.text:
            omitted[line.number] = "rule"
        elif line.text in outline.form:
            omitted[line.number] = "form"
        elif line.text.isdigit() and line.blanks:
            omitted[line.number] = "page_number"
        elif _is_address(line.text) and (
            (not line.blanks and _is_address(above))
            or (below and not below.blanks and _is_address(below.text))
        ):
            omitted[line.number] = "address"
        elif omitted.get(lines[position - 1].number) == "rule" and _is_address(line.text[1:].strip()):
            omitted[line.number] = "footnote_link"
    if in_table:
        raise DocumentError(f"the outline's table does not end: '{outline.table[1]}' is not in the text")
    return omitted


def _is_address(text: str) -> bool:
    return text.startswith("http") and " " not in text


def _collect(lines: list[_Line], omitted: dict[int, Reason], source: str, outline: Outline) -> list[_Block]:
    """Put the lines together to headings and blocks."""
    blocks: list[_Block] = []
    path: tuple[str, ...] = ()
    expected = list(outline.headings)
    heading_lines = 0
    current: _Block | None = None
    for position, line in enumerate(lines):
        if heading_lines:
            heading_lines -= 1
            continue
        count = _heading_lines(lines[position : position + 3], expected)
        if count:
            level, title = expected.pop(0)
            path = (*path[: level - 1], title)
            omitted.update({other.number: "heading" for other in lines[position : position + count]})
            current, heading_lines = None, count - 1
            continue
        if any(line.text.startswith(start) for start in outline.back_to_heading):
            path, current = path[:2], None
        parts = _split(line, outline.split_before)
        if not (current and _continues(current, parts[0], omitted)):
            current = _start(parts[0], path, omitted, outline)
            blocks.append(current)
        else:
            current.lines.append(parts[0])
        for part in parts[1:]:
            current = _Block(current.kind, path, "", [part])
            blocks.append(current)
    if expected:
        raise DocumentError(f"{source}: the outline's heading '{expected[0][1]}' is not in the text there")
    return blocks


def _heading_lines(lines: list[_Line], expected: list[tuple[int, str]]) -> int:
    """Return how many of the next lines make up the heading that is due, or 0."""
    if not expected:
        return 0
    joined = ""
    for count, line in enumerate(lines, 1):
        joined = f"{joined} {line.text}".strip()
        if collapse(joined) == expected[0][1]:
            return count
        if not expected[0][1].startswith(joined):
            return 0
    return 0


def _split(line: _Line, starts: tuple[str, ...]) -> list[_Line]:
    """Split a line where a list lost its bullet."""
    for start in starts:
        at = line.raw.find(start)
        if at > 0:
            return [
                _Line(line.number, line.start, line.raw[:at], line.blanks),
                _Line(line.number, line.start + at, line.raw[at:], ()),
            ]
    return [line]


def _continues(block: _Block, line: _Line, omitted: dict[int, Reason]) -> bool:
    """Tell whether a line goes on with the block above it."""
    last = block.lines[-1]
    ended = last.text.endswith((".", "?", "!"))
    furniture = any(number in omitted for number in range(last.number + 1, line.number))
    page_break = not line.blanks and line.raw.startswith(" ")
    if block.kind == "footnote":
        return not line.blanks and not page_break
    if furniture or page_break:
        return not ended and (line.text[0].islower() or _is_address(line.text))
    if len(line.blanks) != 1 or line.blanks[0]:
        return not line.blanks
    if line.raw.startswith(" ") or _MARKER.match(line.text):
        return False
    room = len(last.raw.rstrip()) + 1 + len(line.text.split()[0])
    return not (ended and (last.raw.endswith("  ") or room < _NARROWEST_WRAP))


def _start(line: _Line, path: tuple[str, ...], omitted: dict[int, Reason], outline: Outline) -> _Block:
    if omitted.get(line.number - 1) == "rule" and (mark := _FOOTNOTE.match(line.text)):
        return _Block("footnote", path, mark[1], [line], mark.end())
    marker = _MARKER.match(line.text)
    if marker:
        kind: Kind = "policy_item" if path[0] == outline.policy_chapter else "list_item"
        return _Block(kind, path, marker[1] or "", [line], marker.end())
    bulleted = line.raw.startswith("  ") if not line.blanks else line.raw.startswith(" ")
    return _Block("list_item" if bulleted else "prose", path, "", [line])


def _finish(blocks: list[_Block], text: str, source: str, outline: Outline) -> Iterator[Paragraph]:
    """Give each block its text, id and place."""
    lead_ins, ordinals = dict[tuple[str, ...], str](), dict[tuple[str, ...], int]()
    seen = dict[str, int]()
    for block in blocks:
        spans = _spans(block)
        readable = read_fragments(text, spans, outline.typing)
        place = [source, *(slug(heading) for heading in block.headings)]
        digest = hashlib.sha256(" ".join(collapse(text[s.start : s.end]) for s in spans).encode()).hexdigest()
        identity = "/".join([*place, block.number if block.kind == "policy_item" else digest[:4]])
        lines = (block.lines[0].number, block.lines[-1].number)
        if identity in seen:
            raise DocumentError(f"{source}: lines {seen[identity]} and {lines[0]} get the same id {identity}")
        seen[identity] = lines[0]
        ordinals[block.headings] = ordinals.get(block.headings, 0) + (block.kind != "footnote")
        sentences = read_sentences(identity, readable, spans)
        if block.kind == "prose":
            lead_ins[block.headings] = sentences[-1].text if readable.text.endswith(":") else ""
        yield Paragraph(
            identity,
            source,
            block.kind,
            block.headings,
            block.number,
            ordinals[block.headings],
            lead_ins.get(block.headings, "") if block.kind == "list_item" else "",
            readable.text,
            spans,
            lines,
            sentences,
            readable.repairs,
        )


def _spans(block: _Block) -> tuple[Span, ...]:
    """Return the fragments of a block: its lines, joined where only white space parts them."""
    runs: list[list[_Line]] = []
    for line in block.lines:
        # Blank lines above a line are recorded, so a gap larger than those holds page furniture.
        if runs and line.number - runs[-1][-1].number <= len(line.blanks) + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    spans = []
    for position, run in enumerate(runs):
        indent = len(run[0].raw) - len(run[0].raw.lstrip())
        start = run[0].start + indent + (block.marker if position == 0 else 0)
        spans.append(Span(start, run[-1].start + len(run[-1].raw.rstrip())))
    return tuple(spans)


def slug(heading: str) -> str:
    """Return a heading as a part of an id: small letters, digits and hyphens."""
    folded = unicodedata.normalize("NFKD", heading.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.replace("'", "")).strip("-")

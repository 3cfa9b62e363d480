"""The marks that people type before a list item: "1.", "a)", "(iv)", a bullet."""

import re
from collections.abc import Iterable

_NUMBER = r"\d{1,3}(?:\.\d{1,3})*|([a-z])\2?|[ivxl]{1,6}"
_MARK = re.compile(rf"(?:[-–—•·▪●○◦*‣\uf0b7\uf0a7]|\(?({_NUMBER})[.)]|(\d{{1,2}}°)\.?)\s+(?=\S)")
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
# Alone in a cell of a table: "a)", and "1.2" without more.
_ALONE = re.compile(rf"\(?({_NUMBER})[.)]|(\d{{1,3}}(?:\.\d{{1,3}})+)")


def split_mark(text: str) -> tuple[str, str] | None:
    """Return the number of the mark ("" for a bullet) and the text behind it; None if the text has no mark."""
    match = _MARK.match(text)
    return (match[1] or match[3] or "", text[match.end() :]) if match else None


def lone_mark(text: str) -> str:
    """Return the number if the text is nothing but a mark, "" if it is anything else."""
    match = _ALONE.fullmatch(text.strip())
    return match[1] or match[3] if match else ""


def join_lines(lines: Iterable[str]) -> list[str]:
    """Join wrapped lines into paragraphs; a line with a mark begins an item, unless it only wrapped there."""
    joined: list[str] = []
    for line in lines:
        if joined and not (split_mark(line) and (joined[-1][-1] in ".,:;!?" or _goes_on(joined[-1], line))):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined


def _goes_on(item: str, line: str) -> bool:
    """Whether a line's mark is the next of the list that the text before it is an item of."""
    last, mark = split_mark(item), split_mark(line)
    if not last or not mark or mark[0] in ("", "1", "a", "i"):
        return bool(last and mark)
    if last[0].isdigit() and mark[0].isdigit():
        return int(mark[0]) == int(last[0]) + 1
    return last[0].isdigit() == mark[0].isdigit()


def as_number(number: int, form: str) -> str:
    """Return a number as a list shows it: form "lowerLetter", "upperLetter", "lowerRoman", "upperRoman", else in figures."""
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 400:
        roman = ""
        for worth, sign in _ROMAN:
            roman += sign * (number // worth)
            number %= worth
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)

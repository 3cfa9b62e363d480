"""drops the characters that show nothing: zero-width, direction, tag and other controls."""

import re

# What a screen shows nothing for: Unicode's property Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties)
# without the soft hyphen, and the control characters but white space. Words can be parted or hidden with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# Says where a word may be broken; no sign of hiding anything, so it is not counted.
_SOFT_HYPHEN = "\u00ad"


def drop_unseen(text: str) -> tuple[str, int]:
    """Return the text without the characters that show nothing, and how many those were (soft hyphens uncounted)."""
    seen, dropped = _UNSEEN.subn("", text)
    return seen.replace(_SOFT_HYPHEN, ""), dropped

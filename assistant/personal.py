"""Personal data that a question may hold by accident: BSN, IBAN, e-mail address and telephone number, by their form."""

import re
from typing import Literal

Sort = Literal["bsn", "iban", "email", "telephone"]
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_SHORTEST_IBAN = 15
# Digits may stand in groups, as people write them.
_NINE_DIGITS = re.compile(r"(?<![\w.,-])\d(?:[ .-]?\d){8}(?![\d-]|[.,]\d)")
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]@[\w-]+\.[\w-]")  # one sign is enough on each side, and quick on a long text
_TELEPHONE = re.compile(
    r"(?<![\w.+])(?:(?:\+|00)31[ -]?(?:\(0\)[ -]?)?|\(?0)[1-9](?:[ -]|\) ?)?\d(?:(?:[ -]|\) ?)?\d){7}(?!\d)"
    r"|(?<!\w)\+[1-9](?:[ -]?\d){8,13}(?!\d)"
)


def find_personal(text: str) -> tuple[Sort, ...]:
    """Return which sorts of personal data a text seems to hold, each once. Names are not looked for."""
    # The digits of an account are not looked at again: some would pass for a telephone number.
    rest = _IBAN.sub(lambda match: " " if _is_iban(match[0]) else match[0], text)
    found: dict[Sort, bool] = {
        "bsn": any(_is_bsn(match[0]) for match in _NINE_DIGITS.finditer(rest)),
        "iban": rest != text,
        "email": _EMAIL.search(rest) is not None,
        "telephone": _TELEPHONE.search(rest) is not None,
    }
    return tuple(sort for sort, is_there in found.items() if is_there)


def _is_bsn(text: str) -> bool:
    """Tell whether nine digits pass the eleven-check of the BSN: weights 9 to 2, and -1 for the last."""
    digits = [int(sign) for sign in text if sign.isdecimal()]
    weighed = (digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return any(digits) and sum(weighed) % 11 == 0


def _is_iban(text: str) -> bool:
    """Tell whether check digits are right (ISO 13616): the account turned into a number leaves 1 by 97.

    A short word after the account may look like its last group, so it is tried without the last groups too.
    """
    groups = text.upper().split(" ")
    accounts = ("".join(groups[:number]) for number in range(1, len(groups) + 1))
    return any(
        int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1
        for account in accounts
        if len(account) >= _SHORTEST_IBAN
    )

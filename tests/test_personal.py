"""Personal data in a question are recognised by their form, and ordinary numbers are not taken for them."""

import pytest

from assistant.personal import find_personal


@pytest.mark.parametrize(
    ("text", "sorts"),
    [
        ("Mag BSN 111222333 in de cloud?", ("bsn",)),
        ("Mag 1112.22.333 in de cloud?", ("bsn",)),
        ("Het is 123 456 782.", ("bsn",)),
        ("Staat NL91ABNA0417164300 erin?", ("iban",)),
        ("Rekening nl91 abna 0417 1643 00, mag dat?", ("iban",)),
        ("Mag BE68 5390 0754 7034 wel?", ("iban",)),
        ("Mail jo.de-wit@gemeente-x.nl even", ("email",)),
        ("Bel 06-12345678", ("telephone",)),
        ("Bel (020) 123 45 67", ("telephone",)),
        ("call +31 (0)6 1234 5678 or +44 20 7946 0958", ("telephone",)),
        ("BSN 111222333 van jo@x.nl, 0612345678", ("bsn", "email", "telephone")),
    ],
)
def test_personal_data_are_named_by_sort(text: str, sorts: tuple[str, ...]) -> None:
    assert find_personal(text) == sorts


@pytest.mark.parametrize(
    "text",
    [
        "Mogen we BSN's opslaan?",
        "Zaak 111222334 gaat over de cloud",  # fails the eleven-check
        "Geldt artikel 16 Wbp van 25-05-2018 tot 31-12-2026?",
        "Is NL91ABNA0417164301 een rekening?",  # a wrong check digit
        "000000000",
        "Mag 1.234.567,89 euro of 2.000 tekens?",
        "Is ISO 27001:2022 of NEN 7510 nodig voor 250 000 inwoners?",
        "what does @cloud mean?",
        "zaak 0123456789012345",
    ],
)
def test_ordinary_numbers_and_words_are_let_through(text: str) -> None:
    assert find_personal(text) == ()

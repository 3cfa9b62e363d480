"""A municipality's own items (items.toml in the user folder): read, checked and signed off as ours, beside ours."""

import hashlib
import re
from dataclasses import replace
from itertools import chain
from pathlib import Path

from corpus.errors import CorpusError, DataError
from corpus.load import Corpus
from corpus.policy import OWN, PolicyList, read_policy
from corpus.standing import make_statement
from corpus.toml import Table, read_toml
from corpus.whole import look_at

FILE = "items.toml"
_LIST = "M"


def add_own_items(corpus: Corpus, home: Path) -> Corpus:
    """Return the corpus with the municipality's own items behind ours.

    Where they cannot be read, or one has a fault, none of them is in it and `item_fault` says why; our own lists stand.
    """
    path = home / FILE
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return corpus
    except OSError:
        pass  # read_toml says why
    try:
        own = _read_list(read_toml(path), corpus)
    except CorpusError as error:
        return replace(corpus, item_fault=str(error), faults=(*corpus.faults, str(error)))
    rules = f"{corpus.rules_digest} {make_statement('item', _LIST, OWN, own).digest}"
    digest = hashlib.sha256(rules.encode()).hexdigest()[: len(corpus.rules_digest)]
    return replace(corpus, policy=(*corpus.policy, own), rules_digest=digest)


def _read_list(table: Table, corpus: Corpus) -> PolicyList:
    known = [item.id for item in chain.from_iterable(ours.items for ours in corpus.policy)]
    lists = read_policy(table, corpus.vocabulary, corpus.documents, known)
    if [own.id for own in lists] != [_LIST]:
        raise DataError(table.file, "list", f"must be one, with the id '{_LIST}'")
    for item in lists[0].items:
        if not re.fullmatch(f"{_LIST}[1-9][0-9]{{0,2}}", item.id):
            raise DataError(
                table.file, f"item {item.id}", f"an own item is called {_LIST}1, {_LIST}2 and so on"
            )
    return lists[0]


def find_resting(corpus: Corpus, source: str) -> tuple[str, ...]:
    """Return the ids of the own items that quote a document."""
    own = chain.from_iterable(policy_list.items for policy_list in corpus.policy if policy_list.id == _LIST)
    return tuple(item.id for item in own if corpus.by_id[item.paragraph].source == source)


def look_at_items(home: Path) -> str:
    """Return what tells one state of the own items from another."""
    return look_at(home / FILE)

"""The verb `corpus`: what the corpus holds, and whether what we say about it is right."""

import argparse
import json
from dataclasses import asdict

from corpus.coverage import find_bindings
from corpus.load import load_corpus
from corpus.paragraph import Document


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `corpus list`, `corpus check` and `corpus coverage`."""
    parser = verbs.add_parser("corpus", help="sources and what we say about them")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the sources: held, or only linked to")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=_list)
    actions.add_parser("check", help="check all data against the documents").set_defaults(run=_check)
    coverage = actions.add_parser(
        "coverage", help="which binding sentences the checklist raises; 1 if one is left"
    )
    coverage.set_defaults(run=_coverage)


def _list(arguments: argparse.Namespace) -> int:
    corpus = load_corpus()
    if arguments.json:
        print(
            json.dumps([asdict(source) for source in corpus.sources.values()], ensure_ascii=False, indent=2)
        )
        return 0
    for source in corpus.sources.values():
        held = corpus.documents.get(source.id)
        state = f"held, {len(held.paragraphs)} paragraphs" if held else "only linked to"
        print(f"{source.id}: {source.title}, {source.publisher}, {source.year or 'year unknown'} ({state})")
        print(f"  licence: {source.licence}")
        if source.address:
            print(f"  address: {source.address}")
        if source.successor:
            print(f"  successor: {source.successor}")
    return 0


def _check(_: argparse.Namespace) -> int:
    corpus = load_corpus()
    items = [item for policy_list in corpus.policy for item in policy_list.items]
    for document in corpus.documents.values():
        print(
            f"{document.source}: {len(document.paragraphs)} paragraphs, {_count_repairs(document)} repairs, text untouched"
        )
    print(f"sources: {len(corpus.sources)}, of which {len(corpus.documents)} held")
    print(f"checklist: {len(items)} items, every quote stands word for word in its paragraph")
    print(f"corpus {corpus.digest}, rules {corpus.rules_digest}: no faults")
    return 0


def _coverage(_: argparse.Namespace) -> int:
    corpus = load_corpus()
    bindings = [
        b for d in corpus.documents.values() for b in find_bindings(d, corpus.policy, corpus.coverage)
    ]
    for binding in bindings:
        state = ", ".join(binding.items) or (f"waived: {binding.waived}" if binding.waived else "NOT COVERED")
        print(f"{binding.lines[0]}-{binding.lines[1]}  {state}\n    {binding.sentence.text}")
    covered = sum(binding.is_covered for binding in bindings)
    print(f"{covered} of {len(bindings)} binding sentences are raised or waived")
    return 0 if covered == len(bindings) else 1


def _count_repairs(document: Document) -> int:
    return sum(len(paragraph.repairs) for paragraph in document.paragraphs)

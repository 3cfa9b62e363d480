"""Wolkwijzer: the front door. Joins each package's commands into one command line."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, QuestionError, SettingsError
from assistant.settings import Folders, Settings, index_folder, read_settings, user_folder
from corpus.errors import CorpusError, FactError
from index.errors import IndexFault

if TYPE_CHECKING:
    from corpus.load import Corpus

# Set before anything of these libraries is imported: they look up their makers' hosts otherwise.
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "OMP_WAIT_POLICY": "passive",
}
# Only the package of the verb is imported: `ask` must not wait for what it does not use.
_PACKAGES = {
    "assistant": ("ask", "search", "checklist", "verify", "doctor"),
    "page": ("chat",),
    "index": ("index",),
    "corpus": ("corpus",),
    "evals": ("eval",),
}
DONE, NO, WRONG_USE, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 done, 1 the answer is no, 2 wrong use, 3 could not run."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        settings = read_settings(Path.cwd(), os.environ)
        parsed = _parser(arguments, settings).parse_args(arguments)
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except (FactError, QuestionError, SettingsError) as error:
        return _complain(str(error), WRONG_USE)
    except (CorpusError, IndexFault, AssistantError) as error:
        return _complain(str(error), COULD_NOT_RUN)
    except KeyboardInterrupt:
        return _complain("stopped; what was there before is as it was", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    return code


def _parser(arguments: list[str], settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wolkwijzer",
        description="May this go into the cloud? Verified quotes, and a checklist that leaves nothing out.",
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    asked = [package for package, names in _PACKAGES.items() if arguments and arguments[0] in names]
    here = Path(__file__).parent
    folders = Folders(user_folder(settings, here), index_folder(settings, here))
    for package in asked or _PACKAGES:
        _add_verbs(package, verbs, settings, folders)
    return parser


def _add_verbs(
    package: str,
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    settings: Settings,
    folders: Folders,
) -> None:
    match package:
        case "assistant":
            from assistant import commands as assistant_commands

            assistant_commands.add_verbs(verbs, settings, folders)
        case "page":
            from assistant.page import commands as page_commands

            page_commands.add_verbs(verbs, settings, folders, partial(_refresh, settings, folders))
        case "index":
            from index import commands as index_commands

            database = settings.database.get_secret_value()
            index_commands.add_verbs(
                verbs,
                index_commands.Place(
                    folders.user, folders.index, settings.encoders, settings.allow_downloads, database
                ),
            )
        case "corpus":
            from corpus import commands as corpus_commands

            corpus_commands.add_verbs(verbs, folders.user, partial(_refresh, settings, folders))
        case _:
            from evals import commands as evals_commands

            evals_commands.add_verbs(verbs, settings, folders)


def _refresh(settings: Settings, folders: Folders, corpus: "Corpus", in_use: str) -> Callable[[], None]:
    """Have the index fit a corpus, while the one in use (by its digest) goes on. Most verbs never change it."""
    from index.commands import lazy_index

    database = settings.database.get_secret_value()
    index = lazy_index(corpus, folders.index, settings.encoders, settings.allow_downloads, database=database)
    index.build(in_use)
    return index.forget_older


def _complain(message: str, code: int) -> int:
    print(f"wolkwijzer: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

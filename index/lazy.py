"""An index that opens at the first search: what needs none does not wait for it."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.paragraph import SOURCE_LANGUAGE, Language, Paragraph
from corpus.unanswered import Unanswered
from corpus.wishes import NO_WISHES, Wishes
from index.hit import Hit, SearchResult
from index.progress import Progress
from index.recipe import make_recipe
from index.shelf import find_shelf

if TYPE_CHECKING:
    from index.engines import Encoder
    from index.search import Index


WARM = "cloud"  # any word: what it brings is the loading


class _Encoders:
    """The encoders of these names, loaded when they are first needed, and once."""

    def __init__(self, names: Sequence[str], allow_downloads: bool) -> None:
        self._names, self._allow_downloads = names, allow_downloads
        self._lock = threading.Lock()
        self._loaded: tuple[Encoder, ...] | None = None

    def load(self) -> "tuple[Encoder, ...]":
        from index.engines import load_encoders

        with self._lock:
            if self._loaded is None:
                self._loaded = load_encoders(self._names, self._allow_downloads)
            return self._loaded


class LazyIndex:
    """The index in `folder` or `database`, built only where there is none. Every method may raise IndexFault."""

    def __init__(
        self,
        folder: Path,
        paragraphs: Sequence[Paragraph],
        unanswered: Sequence[Unanswered],
        corpus_digest: str,
        encoders: Sequence[str],
        allow_downloads: bool,
        progress: Progress,
        database: str = "",
        wishes: Wishes = NO_WISHES,
        shared: _Encoders | None = None,
    ) -> None:
        self._database = database
        self._folder, self._paragraphs, self._unanswered = folder, paragraphs, unanswered
        self._wishes = wishes
        self._corpus_digest = corpus_digest
        self._recipe, self._allow_downloads, self._progress = make_recipe(encoders), allow_downloads, progress
        self._shared = shared or _Encoders(encoders, allow_downloads)
        self._lock = threading.Lock()
        self._index: Index | None = None

    def for_text(
        self, paragraphs: Sequence[Paragraph], unanswered: Sequence[Unanswered], corpus_digest: str
    ) -> "LazyIndex":
        """Return the index of another text in the same folder, not opened yet; both share the encoders."""
        return LazyIndex(
            self._folder,
            paragraphs,
            unanswered,
            corpus_digest,
            self.encoders,
            self._allow_downloads,
            self._progress,
            self._database,
            self._wishes,
            self._shared,
        )

    @property
    def is_built(self) -> bool:
        """Whether there is an index, which may still not be whole or the right one."""
        return find_shelf(self._folder, self._database).current() is not None

    @property
    def generation(self) -> str:
        """The generation in use, empty until the first search."""
        return self._index.generation if self._index else ""

    @property
    def encoders(self) -> tuple[str, ...]:
        """The names of the encoders."""
        return tuple(use.name for use in self._recipe.encoders)

    def look_up(
        self, query: str, k: int, language: Language | None = None, also: Sequence[str] = ()
    ) -> SearchResult:
        """Return the `k` best paragraphs and the evidence whether they answer, as `Index.look_up` does."""
        return self.open(language=language).look_up(query, k, language, also)

    def search(self, query: str, k: int, language: Language | None = None) -> tuple[Hit, ...]:
        """Return the `k` best paragraphs."""
        return self.look_up(query, k, language).hits

    def open(self, *, build: bool = True, language: Language | None = None) -> "Index":
        """Return the index, opened once; a damaged or stale one is not rebuilt but raised.

        Without `build` a missing one is raised as well. `language` is that of the first query: the encoders it
        needs load while llama-index is imported, as both take a second.
        """
        with self._lock:
            if self._index is None:
                if build:
                    self.ensure()
                encoders = self._shared.load()
                for use, encoder in zip(self._recipe.encoders, encoders, strict=True):
                    if use.weight if language == SOURCE_LANGUAGE else use.weight_across:
                        threading.Thread(target=encoder.encode_queries, args=([WARM],), daemon=True).start()
                from index.opened import open_index

                self._index = open_index(
                    self._folder, self._corpus_digest, self._recipe, encoders, self._database
                )
            return self._index

    def ensure(self) -> None:
        """Build the index where there is none; opening it can wait."""
        if not self.is_built:
            self.build()

    def forget_older(self) -> None:
        """Remove every generation but the newest one: to be called once the text of that one is in use."""
        find_shelf(self._folder, self._database).forget_older()

    def build(self, in_use: str | None = None) -> str:
        """Build a new generation, whatever there is, and return its name.

        `in_use` is the digest of the text in use until the one built for is, where that is another one. Somebody then
        waits for a few texts, perhaps in a server: a bundled encoder embeds them without sentence-transformers.
        """
        from index.build import build_index

        if in_use is None:
            from index.encode import through_sentence_transformers as made_ready
        else:
            from index.engines import without_sentence_transformers as made_ready
        encoders = [made_ready(encoder) for encoder in self._shared.load()]
        return build_index(
            self._paragraphs,
            self._unanswered,
            self._folder,
            self._corpus_digest,
            self._recipe,
            encoders,
            self._progress,
            in_use,
            self._database,
            self._wishes,
        )

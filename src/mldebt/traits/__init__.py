"""What values are: origins from the vocabulary, flow through one file, and the path between."""

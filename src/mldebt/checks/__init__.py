"""The rules, one a file; no check imports another check."""

"""Rules about glue code and coupling."""

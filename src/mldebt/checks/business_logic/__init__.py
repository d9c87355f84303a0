"""Rules about business logic."""

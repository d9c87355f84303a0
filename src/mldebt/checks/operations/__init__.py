"""Rules about running a model."""

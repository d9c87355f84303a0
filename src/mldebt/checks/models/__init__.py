"""Rules about the choice of models."""

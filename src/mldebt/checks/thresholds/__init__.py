"""Rules about thresholds."""

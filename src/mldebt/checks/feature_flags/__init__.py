"""Rules about feature flags."""

"""Rules about debt that is admitted, and knowledge that is not written down."""

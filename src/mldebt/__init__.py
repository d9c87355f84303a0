"""mldebt finds technical debt in machine-learning codebases."""

__version__ = "0.1.0"

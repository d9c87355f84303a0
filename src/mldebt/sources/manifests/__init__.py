"""Readers of version manifests and locks, one module a dialect; ``reading`` is the door to those of files,
``in_code`` to those of what code says itself."""

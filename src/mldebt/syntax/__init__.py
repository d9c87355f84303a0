"""libcst behind one door: parse, walk, positions, names. Nothing above imports its metadata providers."""

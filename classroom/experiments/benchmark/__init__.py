"""How fast the sections are, beside the fastest that Python can do."""

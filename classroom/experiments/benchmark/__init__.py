"""Measure how fast the sections are, compared with the fastest that Python can do."""

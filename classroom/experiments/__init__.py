"""Measure what the notebooks and the benchmark claim."""

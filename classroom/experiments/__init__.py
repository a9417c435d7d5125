"""Measure what the notebooks and the benchmark make claims about."""

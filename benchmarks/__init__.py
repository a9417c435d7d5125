"""The yardsticks of the benchmark, and its figures."""

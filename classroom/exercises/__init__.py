"""What the exercises in the notebooks ask for."""

"""Practice: the exercises as a student does them, with hints and progress."""

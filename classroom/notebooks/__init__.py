"""Run the notebooks, and make a book of them."""

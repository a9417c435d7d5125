"""The browser of a notebook: what a page may do, and what the browser says."""

"""Show what was sent, what came back, and the code and data behind it."""

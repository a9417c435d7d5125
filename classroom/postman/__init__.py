"""Make a Postman collection of a section's requests."""

"""Make a Postman collection of the requests that a section answers."""

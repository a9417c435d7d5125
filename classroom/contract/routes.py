"""The routes that sections promise to describe in OpenAPI, since section 04."""

# What each section adds to those before it.
NEW_ROUTES = {
    "04": [
        *("post /login", "post /auth", "get /items"),
        *("get /item/{name}", "post /item/{name}"),
        *("put /item/{name}", "delete /item/{name}"),
    ],
    "05": ["post /register"],
    "06": [
        *("get /stores", "get /store/{name}"),
        *("post /store/{name}", "delete /store/{name}"),
    ],
    "07": ["get /health", "get /ready"],
    "11": [
        *("post /refresh", "post /logout", "post /password"),
        *("get /user/{user_id}", "delete /user/{user_id}"),
    ],
}


def promised_routes(number: str) -> set[str]:
    """Return the routes of a section, such as "get /items"."""
    return {
        route
        for first, routes in NEW_ROUTES.items()
        if first <= number
        for route in routes
    }

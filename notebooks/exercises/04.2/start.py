answers = {
    "GET /items without a token": None,
    "POST an item without a token": None,
    "POST to /login with a wrong password": None,
    "POST to /login without a password": None,
    "POST an item with a token": None,
    "POST the same item again": None,
    'PUT {"price": "free"} with a token': None,
}

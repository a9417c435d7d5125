answers = {
    "GET /items without a token": 200,
    "POST an item without a token": 401,
    "POST to /login with a wrong password": 401,
    "POST to /login without a password": 422,
    "POST an item with a token": 201,
    "POST the same item again": 409,
    'PUT {"price": "free"} with a token': 422,
}

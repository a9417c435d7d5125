answers = {
    "GET /api/lists": None,
    "GET /api/progress without a token": None,
    "GET /api/unknown": None,
    "PUT /api/lists/1 with a token and JSON": None,
    "PATCH /api/lists/1 with JSON": None,
    "GET /api/lists with the header X-Request-ID": None,
}

answers = {
    "GET /api/lists": "read",
    "GET /api/progress without a token": "read",
    "GET /api/unknown": "blocked",
    "PUT /api/lists/1 with a token and JSON": "read",
    "PATCH /api/lists/1 with JSON": "blocked",
    "GET /api/lists with the header X-Request-ID": "blocked",
}

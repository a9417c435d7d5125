answers = {
    "GET /health": 200,
    "GET /ready": 503,
    "GET /items": 503,
    "GET /items?page=0": 422,
    "POST /register with a password of 5 characters": 422,
    "DELETE /item/Map without a token": 401,
}

answers = {
    "GET /health": None,
    "GET /ready": None,
    "GET /items": None,
    "GET /items?page=0": None,
    "POST /register with a password of 5 characters": None,
    "DELETE /item/Map without a token": None,
}

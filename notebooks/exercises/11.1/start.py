answers = {
    "GET /item/Tea without a token": None,
    "GET /items with a character added to the token": None,
    "POST /refresh with an access token": None,
    "PUT /item/Tea with a refresh token": None,
    "POST /password with a token from a refresh": None,
    "GET /item/Tea after the user was deleted": None,
}

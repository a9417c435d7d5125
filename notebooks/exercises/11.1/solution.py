answers = {
    "GET /item/Tea without a token": "authorization_required",
    "GET /items with a character added to the token": "invalid_token",
    "POST /refresh with an access token": "invalid_token",
    "PUT /item/Tea with a refresh token": "invalid_token",
    "POST /password with a token from a refresh": "fresh_token_required",
    "GET /item/Tea after the user was deleted": "token_revoked",
}

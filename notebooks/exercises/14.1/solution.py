answers = {
    "the 11th wrong password for ana in a minute": 429,
    "then ana's right password, from the same address": 429,
    "ana's right password, from another address": 200,
    "GET /user/1, with a token of a key in JWT_OLD_KEYS": 200,
    "GET /user/1, after that key was removed": 401,
    "GET /user/1, with a token for another audience": 401,
}

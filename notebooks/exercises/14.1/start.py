answers = {
    "the 11th wrong password for ana in a minute": None,
    "then ana's right password, from the same address": None,
    "ana's right password, from another address": None,
    "GET /user/1, with a token of a key in JWT_OLD_KEYS": None,
    "GET /user/1, after that key was removed": None,
    "GET /user/1, with a token for another audience": None,
}

answers = {
    "a visitor opens /enrollment": None,
    "POST /login without a CSRF token": None,
    "POST /login with a wrong password": None,
    "POST /register with an email address that is taken": None,
    "ana enrolls in a course in which she is already": None,
    "GET /api/ with the session cookie of an admin": None,
}

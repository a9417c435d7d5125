answers = {
    "a visitor opens /enrollment": 302,
    "POST /login without a CSRF token": 400,
    "POST /login with a wrong password": 422,
    "POST /register with an email address that is taken": 409,
    "ana enrolls in a course in which she is already": 302,
    "GET /api/ with the session cookie of an admin": 401,
}

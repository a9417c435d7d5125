answers = {
    "GET a store that does not exist": 404,
    "POST a store without a name": 400,
    "POST a store that already exists": 409,
    "PUT an item that already exists": 200,
    "DELETE a store without a password": 401,
    "DELETE the list of stores": 405,
}

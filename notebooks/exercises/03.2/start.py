answers = {
    "GET a store that does not exist": None,
    "POST a store without a name": None,
    "POST a store that already exists": None,
    "PUT an item that already exists": None,
    "DELETE a store without a password": None,
    "DELETE the list of stores": None,
}

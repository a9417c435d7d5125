answers = {
    "GET one item": None,
    "GET one store with 2 items": None,
    "GET 2 stores with 2 items each": None,
    "POST a store": None,
    "DELETE a store with 2 items": None,
}

answers = {
    "GET one item": 1,
    "GET one store with 2 items": 2,
    "GET 2 stores with 2 items each": 3,
    "POST a store": 1,
    "DELETE a store with 2 items": 1,
}

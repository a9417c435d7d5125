answers = {
    "stores.example": None,
    "www.stores.example": None,
    "eu.shop.stores.example": None,
    "mystores.example": None,
    "STORES.EXAMPLE": None,
    "stores.example, the day after it expired": None,
    "stores.example, in a client with other authorities": None,
}

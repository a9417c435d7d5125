answers = {
    "stores.example": True,
    "www.stores.example": True,
    "eu.shop.stores.example": False,
    "mystores.example": False,
    "STORES.EXAMPLE": True,
    "stores.example, the day after it expired": False,
    "stores.example, in a client with other authorities": False,
}

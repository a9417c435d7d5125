for item in api.get("/items").json()["items"]:
    api.delete(f"/item/{item['name']}")
api.put("/item/Tea", json={"price": 3.5})
api.put("/item/Cocoa", json={"price": 2.95})

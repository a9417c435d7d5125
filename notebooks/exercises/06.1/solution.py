north = api.post("/store/North").json()["id"]
south = api.post("/store/South").json()["id"]
api.post("/item/Globe", json={"price": 80, "store_id": north})
api.post("/item/Map", json={"price": 5, "store_id": north})
api.put("/item/Globe", json={"price": 80, "store_id": south})
api.delete("/item/Map")

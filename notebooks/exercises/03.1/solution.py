api.post("/store", json={"name": "Corner Shop"})
api.post("/store/Corner Shop/item", json={"name": "Pen", "price": 1.2})
api.post("/store/Corner Shop/item", json={"name": "Ink", "price": 4.5})
api.delete("/store/My Wonderful Store", auth=("ana", "open-sesame"))

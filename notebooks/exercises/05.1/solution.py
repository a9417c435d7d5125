maria = {"username": "maria", "password": "a password of my own"}
api.post("/register", json=maria)
token = api.post("/login", json=maria).json()["access_token"]
api.headers["Authorization"] = f"Bearer {token}"
api.post("/item/Lamp", json={"price": 20})

# api is a session with a new server of section 5.
api.get("/items")

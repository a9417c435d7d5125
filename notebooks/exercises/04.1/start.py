# api is a session with a new server of section 4, where ana is logged in.
api.get("/items")

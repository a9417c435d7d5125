# api is a session with a new server of section 6, where ana is logged in.
api.get("/stores")

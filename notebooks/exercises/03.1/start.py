# api is a session with a new server of section 3. Write your requests here:
api.get("/store")

# api is a session with a new server of section 13.
preflight = api.options("/api/lists")

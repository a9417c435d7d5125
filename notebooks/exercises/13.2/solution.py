question = {
    "Origin": "http://localhost:4200",
    "Access-Control-Request-Method": "DELETE",
    "Access-Control-Request-Headers": "authorization",
}
preflight = api.options("/api/lists/1", headers=question)

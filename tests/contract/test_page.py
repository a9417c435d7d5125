from classroom.contract import since


@since("03", until="04")
def test_page_is_html(api):
    """GET / returns 200 with a page for a browser."""
    reply = api.get("/")

    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<form" in reply.text

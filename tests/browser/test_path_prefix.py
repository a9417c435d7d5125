"""The pages in a real browser, behind a proxy that adds a prefix to all paths.

JupyterHub, for instance, shows a server of a user at /user/NAME/proxy/PORT/.
"""

import threading
from contextlib import contextmanager

from playwright.sync_api import expect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.serving import make_server

from classroom.sections import find_section, staircase
from classroom.server import Server

PREFIX = "/user/ana/proxy/5000/"
LAST = staircase()[-1].number  # all sections with /docs have the same docs.py


@contextmanager
def proxy_to(server):
    """Yield the URL of a proxy, which removes the prefix, and has no other page."""
    target = {"target": server.address, "remove_prefix": True}
    app = ProxyMiddleware(NotFound(), {PREFIX: target})
    proxy = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.port}{PREFIX}"
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


@contextmanager
def open_page(browser, section, path):
    """Yield a page of a section; a request to a URL without the prefix is an error."""
    with Server(find_section(section).folder) as server, proxy_to(server) as url:
        page, requested = browser.new_page(), []
        page.on("request", lambda request: requested.append(request.url))
        page.goto(url + path)
        yield page
        page.close()

    assert requested
    assert [r for r in requested if not r.startswith((url, "data:"))] == []


def test_page_of_section_03_works(browser):
    with open_page(browser, "03", "") as page:
        page.get_by_label("Name of a new store").fill("Corner Shop")
        page.get_by_role("button").click()

        expect(page.locator("article", has_text="Corner Shop")).to_be_visible()


def test_docs_page_works(browser):
    with open_page(browser, LAST, "docs") as page:
        route = page.locator("#operations-tag-items ~ *", has_text="/items").first
        route.locator(".opblock-summary-control", has_text="/items").click()
        route.get_by_role("button", name="Try it out").click()
        route.get_by_role("button", name="Execute").click()

        status = route.locator(".live-responses-table .response-col_status").last
        expect(status).to_contain_text("200")

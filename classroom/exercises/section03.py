"""The exercises of section 03."""

from collections.abc import Iterator

from classroom.exercises import Finding
from classroom.sections import find_section, own_copy
from classroom.serving import Api, DidNotStart, Server


def exercise_1(api: Api) -> Iterator[Finding]:
    """A store, filled over HTTP."""
    answer = api.get("/store/Corner Shop")
    there = answer.status_code == 200
    yield Finding(there, "There is a store named 'Corner Shop': POST it to /store.")
    items = answer.json()["items"] if there else []
    for name, price in (("Pen", 1.2), ("Ink", 4.5)):
        yield Finding(
            {"name": name, "price": price} in items,
            f"It has an item named {name!r} at {price}: POST it to the store's /item.",
        )
    gone = api.get("/store/My Wonderful Store").status_code == 404
    yield Finding(gone, "'My Wonderful Store' is closed: DELETE it, as ana.")


TAKEN = {"name": "My Wonderful Store"}
ITEM = "/store/My Wonderful Store/item/My Item"

# What exercise 2 asks to predict: for each request, its verb, its path and its body.
REQUESTS = {
    "GET a store that is not there": ("GET", "/store/Nowhere", None),
    "POST a store without a name": ("POST", "/store", {}),
    "POST a store that is there already": ("POST", "/store", TAKEN),
    "PUT an item that is there already": (
        "PUT",
        ITEM,
        {"price": 1},
    ),
    "DELETE a store without a password": ("DELETE", "/store/My Wonderful Store", None),
    "DELETE the list of stores": ("DELETE", "/store", None),
}


def exercise_2(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Statuses, predicted, then asked of a server that nobody has changed."""
    with Server(find_section("03").folder) as server:
        api = server.api()
        for request, (verb, path, body) in REQUESTS.items():
            status = api.request(verb, path, json=body).status_code
            answer = answers.get(request)
            guess = "no answer yet" if answer is None else f"not {answer}"
            right = answer == status
            yield Finding(right, f"{request}: {status if right else guess}")


def exercise_3() -> Iterator[Finding]:
    """A new route, in a copy of the section."""
    mine = own_copy(find_section("03"))
    copied = mine.exists()
    yield Finding(
        copied, 'You have a copy of the section: copy_section("03") makes it.'
    )
    if not copied:
        return
    try:
        server = Server(mine).start()
    except DidNotStart as problem:
        yield Finding(False, f"Your copy starts: {problem.what} ({problem.place})")
        return
    with server:
        api = server.api()
        found = api.get(ITEM)
        right = found.ok and found.json() == {"name": "My Item", "price": 15.99}
        yield Finding(right, "GET /store/<name>/item/<item> shows the item.")
        for path, missing in (
            ("/store/My Wonderful Store/item/Pizza", "Pizza"),
            ("/store/Atlantis/item/My Item", "Atlantis"),
        ):
            reply = api.get(path)
            right = reply.status_code == 404 and missing in reply.text
            yield Finding(right, f"GET {path} answers 404, and names {missing}.")
        price = {"price": 2}
        put = api.put(ITEM, json=price)
        yield Finding(put.status_code == 200, "PUT at the same address still works.")

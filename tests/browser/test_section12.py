"""The site of section 12, in a real browser: on a desktop, on a phone, by keyboard."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from classroom.sections import find_section
from classroom.server import Server

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FIND_VIOLATIONS = """async () => {
    const results = await axe.run({ resultTypes: ["violations"] });
    return results.violations;
}"""
PASSWORD = "correct horse"
# A user of each screen, so that all tests can share a server.
EMAIL = "ana-{width}@example.edu"


@pytest.fixture(scope="module")
def server():
    """A server of section 12, with its data in memory."""
    with Server(find_section("12").folder) as server:
        yield server


on_desktop = pytest.mark.parametrize(
    "screen", [DESKTOP], indirect=True, ids=["desktop"]
)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def screen(request):
    """The size of a screen in pixels, one after the other."""
    return request.param


@pytest.fixture
def page(browser, server, screen):
    """A page of the site in a new browser; an error in the browser fails the test."""
    with browser.new_context(viewport=screen, base_url=server.address) as context:
        page, problems = context.new_page(), []
        page.on("pageerror", lambda problem: problems.append(problem))
        page.on("console", lambda message: problems.append(message.text))
        yield page
    # A browser also reports each response 4xx, which some tests expect.
    assert [each for each in problems if "the server responded" not in str(each)] == []


def expect_accessible(page):
    """Check a page with axe, and that it need not be scrolled sideways."""
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(FIND_VIOLATIONS) == [], page.url
    too_wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(too_wide), page.url


def fill_in(page, **fields):
    """Fill in the fields of a form by their labels: first_name is "First name"."""
    for name, value in fields.items():
        label = name.replace("_", " ").capitalize()
        page.get_by_label(label, exact=True).fill(value)


def click(page, link_or_button):
    """Click, wait for the page that follows, and check it."""
    with page.expect_navigation():
        link_or_button.click()
    expect_accessible(page)


def follow(page, name):
    """Follow a link of the navigation."""
    navigation = page.get_by_role("navigation")
    click(page, navigation.get_by_role("link", name=name, exact=True))


def press(page, name):
    """Press a button of the main part."""
    main = page.get_by_role("main")
    click(page, main.get_by_role("button", name=name, exact=True))


def test_student_registers_enrolls_and_logs_out(page, screen):
    email, main = EMAIL.format(**screen), page.get_by_role("main")
    page.goto("/")
    expect_accessible(page)

    follow(page, "Register")
    fill_in(page, first_name="Ana", last_name="Lima", email_address="ana@example.edu")
    fill_in(page, password=PASSWORD, confirm_password="another horse")
    press(page, "Register")
    expect(page.get_by_label("Email address")).to_have_value("ana@example.edu")
    fill_in(page, email_address=email, password=PASSWORD, confirm_password=PASSWORD)
    press(page, "Register")

    fill_in(page, email_address=email, password="another horse")
    press(page, "Log in")
    expect(main).to_contain_text("The email address or the password is wrong.")
    fill_in(page, email_address=email, password=PASSWORD)
    press(page, "Log in")
    follow(page, "My courses")
    expect(main).to_contain_text("You are not enrolled in any courses yet.")

    follow(page, "Courses")
    terms = page.get_by_role("navigation", name="Terms")
    click(page, terms.get_by_role("link").last)
    row = main.get_by_role("row").last
    title = row.get_by_role("rowheader").inner_text().splitlines()[0]
    click(page, row.get_by_role("button"))
    press(page, "Enroll")
    expect(main.get_by_role("row", name=title)).to_contain_text("New")

    follow(page, "Account")
    expect(main).to_contain_text(email)
    click(page, page.get_by_role("button", name="Log out"))
    page.goto("/enrollment")
    expect(page).to_have_url("/login?next=%2Fenrollment")


@on_desktop
def test_dark_pages_are_accessible(page):
    page.goto("/")
    page.get_by_role("button", name="Dark theme").click()
    for path in ("/", "/courses/", "/login", "/register", "/no/such/page"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        expect_accessible(page)


@on_desktop
def test_keyboard_is_enough_to_log_in(page):
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    page.goto("/login")
    labels = "Email address", "Password"
    for label, value in zip(labels, ("ana@example.edu", "open-sesame"), strict=True):
        field = page.get_by_label(label, exact=True)
        press_tab_until_focused(page, field)
        page.keyboard.type(value)
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("You are logged in, Ana.")


def press_tab_until_focused(page, field):
    """Press the tab key until a field has the focus; each focus must be visible."""
    for _ in range(15):
        page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement)"
        visible = f"{outline}.outlineStyle != 'none' || {outline}.boxShadow != 'none'"
        assert page.evaluate(visible), page.evaluate("document.activeElement.outerHTML")
        if field.evaluate("field => field == document.activeElement"):
            return
    raise AssertionError("the tab key does not reach the field")

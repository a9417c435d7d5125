"""Settings: the section's, then the environment's, then those of create_app()."""


def test_environment_changes_settings_and_arguments_change_both(
    shop, make_app, monkeypatch
):
    folder, module = shop
    monkeypatch.setenv("FLASK_JWT_ACCESS_TOKEN_EXPIRES", "2")
    monkeypatch.setenv("FLASK_MAX_CONTENT_LENGTH", "10")

    app = make_app(folder.name[7:9], module, MAX_CONTENT_LENGTH=20)

    assert app.config["JWT_ACCESS_TOKEN_EXPIRES"] == 2
    assert app.config["MAX_CONTENT_LENGTH"] == 20


def test_demo_user_comes_from_the_settings(shop, make_app):
    folder, module = shop
    settings = {"DEMO_USERNAME": "bob", "DEMO_PASSWORD": 12345678}
    client = make_app(folder.name[7:9], module, **settings).test_client()

    bob = client.post("/login", json={"username": "bob", "password": "12345678"})
    ana = client.post("/login", json={"username": "ana", "password": "open-sesame"})

    assert (bob.status_code, ana.status_code) == (200, 401)


def test_without_a_username_there_is_no_demo_user(shop, make_app):
    folder, module = shop
    client = make_app(folder.name[7:9], module, DEMO_USERNAME="").test_client()

    for username in ("", "ana"):
        login = {"username": username, "password": "open-sesame"}
        assert client.post("/login", json=login).status_code == 401


def test_apps_of_one_process_have_their_own_settings(shop, make_app):
    folder, module = shop

    first = make_app(folder.name[7:9], module, MAX_CONTENT_LENGTH=1)
    second = make_app(folder.name[7:9], module)

    assert first.config["MAX_CONTENT_LENGTH"] == 1
    assert second.config["MAX_CONTENT_LENGTH"] == 1024 * 1024

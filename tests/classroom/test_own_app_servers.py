"""The servers of apps that learners write: restarts, migrations and profiles."""

import os
from pathlib import Path

import pytest
import requests

from classroom import serve
from classroom.browser.page import locate
from classroom.display.flask_commands import show_flask
from classroom.display.profiles import FOLDER, Profile, draw_profiles, read_profile
from classroom.display.tables import show_rows
from classroom.errors import UserError
from classroom.notebooks.execute import find_notebooks, read_notebook
from classroom.sections import new_folder
from classroom.server import notebook_servers
from classroom.server.notebook_servers import restart
from classroom.workspace.folder import made_folders, make_workspace, reset

APP = """\
from flask import Flask
from flask_migrate import Migrate

from models import StoreModel, db


def create_app():
    app = Flask(__name__)
    app.config.from_prefixed_env()
    db.init_app(app)
    Migrate(app, db)
    app.add_url_rule("/", view_func=count_stores)
    return app


def count_stores():
    stores = db.session.scalars(db.select(StoreModel)).all()
    return {"stores": len(stores)}
"""
MODELS = """\
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class StoreModel(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
"""
PROFILED = """\
from pathlib import Path

from flask import Flask, jsonify
from werkzeug.middleware.profiler import ProfilerMiddleware

app = Flask(__name__)
folder = Path(app.instance_path, "profiles")
folder.mkdir(parents=True, exist_ok=True)
app.wsgi_app = ProfilerMiddleware(app.wsgi_app, None, profile_dir=str(folder))


@app.get("/")
def squares():
    return jsonify([square(number) for number in range(500)])


def square(number):
    return sum(number for _ in range(number))
"""


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A function that writes files into a folder of a learner's own; its path."""
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    folder = new_folder("mine")

    def write(**modules):
        for name, code in modules.items():
            Path(folder, f"{name}.py").write_text(code, "utf-8")
        return folder

    yield write
    notebook_servers.stop_all()


@pytest.fixture
def migrated(own_folder, capsys):
    """An app of one's own with one migration, which was not run yet."""
    mine = own_folder(app=APP, models=MODELS)
    serve(mine)
    show_flask(mine, "db init")
    show_flask(mine, "db migrate -m 'Add stores' --rev-id 0001")
    return mine


def test_flask_commands_show_paths_in_your_folder(migrated, capsys):
    output = capsys.readouterr().out

    assert "Creating directory migrations ...  done\n" in output
    file = os.path.join("migrations", "versions", "0001_add_stores.py")
    assert output.endswith(
        "$ flask db migrate -m 'Add stores' --rev-id 0001\n"
        f"Detected added table 'store_model'\nGenerating {file} ...  done\n"
    )


def test_app_with_migrations_is_served_with_its_tables(migrated, capsys):
    assert serve(migrated).get("/").json() == {"stores": 0}

    show_rows(migrated, "SELECT version_num FROM alembic_version")
    assert capsys.readouterr().out.endswith("version_num\n0001\n")


def test_page_of_a_browser_gets_the_files_as_they_are_now(own_folder):
    api = serve(own_folder(app=PROFILED))
    own_folder(app=PROFILED.replace("range(500)", "range(2)"))

    url = locate(api, "/", host="127.0.0.1")

    assert requests.get(url, timeout=10).json() == [0, 1]


def test_restarted_app_still_runs_its_files_as_they_are_now(own_folder):
    mine = own_folder(app=PROFILED)
    serve(mine)
    api = restart(mine)

    own_folder(app=PROFILED.replace("range(500)", "range(2)"))

    assert api.get("/").json() == [0, 1]


def test_template_that_has_changed_is_used(own_folder):
    mine = own_folder(
        app="from flask import Flask, render_template\n\n"
        "app = Flask(__name__)\n"
        'app.add_url_rule("/", view_func=lambda: render_template("page.html"))\n'
    )
    template = Path(mine, "templates", "page.html")
    template.parent.mkdir()
    template.write_text("first", "utf-8")
    api = serve(mine)
    assert api.get("/").text == "first"

    template.write_text("second", "utf-8")

    assert api.get("/").text == "second"


@pytest.fixture
def profile(own_folder):
    """The profile of a request to an app of one's own."""
    mine = own_folder(app=PROFILED)
    serve(mine).get("/")
    return read_profile(mine)


def test_profile_counts_calls(profile):
    assert profile.calls("square") == 500
    assert profile.calls("nothing") == 0


def test_profile_divides_the_time_by_package(profile):
    times = profile.milliseconds()

    assert next(iter(times)) == "your code"  # also the time of sum(), which it calls
    assert {"flask", "Python"} <= set(times)
    assert list(times.values()) == sorted(times.values(), reverse=True)
    assert times["your code"] > sum(times.values()) / 2


def test_profile_is_that_of_the_fastest_new_request(profile):
    mine = os.path.join(".", "mine")
    api = serve(mine)
    api.get("/nowhere")
    api.get("/")

    assert read_profile(mine).calls("square") == 0
    api.get("/")
    assert read_profile(mine).calls("square") == 500


def test_profiles_are_drawn_in_one_picture(profile, monkeypatch):
    pictures = []
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: pictures.append(1))

    draw_profiles(before=profile, after=profile)

    assert len(pictures) == 1


def test_app_without_profiles_is_a_user_error(own_folder):
    with pytest.raises(UserError, match=f"no profile in mine/{FOLDER.as_posix()}"):
        read_profile(own_folder(app=PROFILED))


def test_function_in_c_is_named_with_its_class(tmp_path, profile):
    assert isinstance(profile, Profile)
    assert profile.calls("list.append") > 0


def test_reset_moves_the_apps_of_a_lesson_away(tmp_path, monkeypatch):
    monkeypatch.setenv("CLASSROOM_MY", str(tmp_path))
    make_workspace()
    [lesson] = find_notebooks(["07"])
    [name] = made_folders(lesson)
    (tmp_path / name).mkdir()
    (tmp_path / name / "app.py").write_text("mine", "utf-8")

    said = reset("07")

    assert len(said) == 1
    assert not (tmp_path / name).exists()
    [old] = tmp_path.glob(f"old/*/{name}/app.py")
    assert old.read_text("utf-8") == "mine"


@pytest.mark.parametrize("number", ["06", "07", "11", "12", "14"])
def test_lesson_begins_with_an_app_of_your_own(number):
    [lesson] = find_notebooks([number])
    sources = [cell.source for cell in read_notebook(lesson).cells]

    assert len(made_folders(lesson)) == 1
    first = next(i for i, source in enumerate(sources) if "= serve(" in source)
    assert any("Flask(__name__)" in source for source in sources[:first])

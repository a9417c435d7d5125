"""Show where the time of a request goes, from what a profiler has measured."""

import pstats
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt

from classroom.errors import UserError
from classroom.sections import find_folder

FOLDER = Path("instance", "profiles")  # where ProfilerMiddleware writes its files
MOST = 6  # packages with a colour of their own

# How cProfile names a function: its file, its line, and its name.
Function = tuple[str, int, str]


class Profile:
    """What a profiler has measured during one request.

    file: as ProfilerMiddleware has written it; folder: the folder of the app.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        self.folder = folder
        # The documentation of pstats, and so typeshed, does not name this attribute.
        self._stats = pstats.Stats(str(file)).stats  # type: ignore[attr-defined]

    def calls(self, name: str) -> int:
        """Return how often functions of this name were called, such as "execute".

        A method of a class written in C is named with its class: "Cursor.execute".
        """
        return sum(
            calls
            for function, (_, calls, *_) in self._stats.items()
            if short_name(function) == name
        )

    def milliseconds(self) -> dict[str, float]:
        """Return the time spent in the code of each package, the longest first.

        The time of a function that is written in C counts for the package that calls
        it, except for SQLite.
        """
        times: Counter[str] = Counter()
        for function, (_, _, own, _, callers) in self._stats.items():
            if function[0] != "~":
                times[self.package(function)] += own
            elif "sqlite3" in function[2]:
                times["SQLite"] += own
            else:
                for caller, (_, _, part, _) in callers.items():
                    times[self.package(caller)] += part
        return {name: 1000 * seconds for name, seconds in times.most_common()}

    def package(self, function: Function) -> str:
        """Return the name of the package that a function belongs to."""
        path = Path(function[0])
        if path.is_relative_to(self.folder):
            return "your code"
        if "site-packages" in path.parts:
            return path.parts[path.parts.index("site-packages") + 1]
        return "Python"


def short_name(function: Function) -> str:
    """Return a function's name, with its class if it is written in C."""
    words = function[2].strip("{}<>").replace("'", "").split()
    if words[:1] == ["method"]:  # such as: method 'execute' of 'sqlite3.Cursor' objects
        return f"{words[3].rpartition('.')[2]}.{words[1]}"
    return words[-1]


def read_profile(number: str | int) -> Profile:
    """Return the profile of the fastest request since this was last called.

    The others were slowed down by other programs, or were the first of their kind. The
    files are deleted.

    number: the path of a folder of your own, whose profiles are in FOLDER.

    Raises UserError if no request was profiled.
    """
    folder = find_folder(number)
    files = list((folder / FOLDER).glob("*.prof"))
    if not files:
        raise UserError(f"There is no profile in {folder.name}/{FOLDER.as_posix()}.")
    profiles = [Profile(file, folder) for file in files]
    for file in files:
        file.unlink()
    return min(profiles, key=lambda profile: sum(profile.milliseconds().values()))


def draw_profiles(**profiles: Profile) -> None:
    """Draw a bar for each profile: the time of a request, by package.

    profiles: such as before=…, after=….
    """
    times = {name: profile.milliseconds() for name, profile in profiles.items()}
    total: Counter[str] = Counter()
    for parts in times.values():
        total.update(parts)
    packages = [name for name, _ in total.most_common(MOST)]
    height = 1.2 + 0.6 * len(times)
    figure, axes = plt.subplots(figsize=(7, height), layout="constrained")
    names = list(times)
    left = [0.0] * len(names)
    for package in [*packages, "other"]:
        widths = [width(times[name], package, packages) for name in names]
        axes.barh(names, widths, left=left, label=package)
        left = [start + more for start, more in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set(title="Where the time of a request goes", xlabel="milliseconds")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    plt.show()


def width(times: dict[str, float], package: str, packages: list[str]) -> float:
    """Return the milliseconds of a package; of "other", of all but the packages."""
    if package in packages:
        return times.get(package, 0.0)
    return sum(time for name, time in times.items() if name not in packages)

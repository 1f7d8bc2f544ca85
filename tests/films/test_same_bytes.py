"""The same film gives the same bytes: whatever engine, how many workers, wherever and whenever it is rendered.

Each render is a whole process with an empty store. Film, manifest and all results of all steps are compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from thirtyshots import make_film, make_material
from twelvedoors import make_small_film, make_small_material

from filmkit.engine.server import Server

HANG_S = 240.0
_COMMAND = "from filmkit.cli.main import main; main()"


@dataclass(frozen=True)
class Way:
    """One way to render a film, none of which may be seen in it."""

    engine: str = "local"
    workers: int = 2
    place: str = "here"
    umask: int = 0o022
    cores: frozenset[int] = frozenset(os.sched_getaffinity(0))
    variables: Mapping[str, str] = field(default_factory=dict)


PLAIN = Way(variables={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "1"})
FAR = Way(
    engine="prefect", workers=1, place="dort drüben/ein Film", umask=0o077, cores=frozenset({min(PLAIN.cores)}),
    variables={"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "77"},
)  # fmt: skip
WAYS = {
    "far": FAR,
    "local, one worker": Way(workers=1),
    "prefect, two workers": Way(engine="prefect"),
    "more workers than cores": Way(workers=5),
    "another folder": Way(place="deep/er/down"),
    "another locale": Way(variables={"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"}),
    "no UTF-8": Way(variables={"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "another time zone": Way(variables={"TZ": "America/St_Johns"}),
    "another umask": Way(umask=0o000),
    "another hash seed": Way(variables={"PYTHONHASHSEED": "4711"}),
    "one core": Way(cores=frozenset({min(PLAIN.cores)})),
    "again": Way(),
}


@dataclass(frozen=True)
class Result:
    """Digests of everything in ``out/``, and of all that the store has, by what it is called there."""

    out: dict[str, str]
    store: dict[str, str]


Builder = Callable[[Path], Path]
"""Makes the film in a folder."""


def render(way: Way, root: Path, make: Builder, prefect_state: Path) -> Result:
    folder = make(root / way.place / "numbers")
    store = root / f"store of {way.place.replace('/', ' ')}"
    command = [sys.executable, "-c", _COMMAND, "render", str(folder), "--store", str(store)]
    command += ["--engine", way.engine, "--workers", str(way.workers), "--json"]
    root.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "XDG_STATE_HOME": str(prefect_state), **way.variables}

    def change_process() -> None:
        os.umask(way.umask)
        os.sched_setaffinity(0, way.cores)

    ran = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, preexec_fn=change_process, timeout=HANG_S,
        check=False, encoding="utf-8",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f'"engine": "{way.engine}"' in ran.stdout
    blobs = {path.name: digest_of(path) for path in (store / "blobs").glob("*/*")}
    keys = {path.name: "" for path in (store / "actions").glob("*/*.json")}
    return Result({path.name: digest_of(path) for path in (folder / "out").iterdir()}, {**blobs, **keys})


def digest_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def check_same(first: Result, second: Result) -> None:
    assert second.out == first.out
    parted = {name for name in first.store.keys() ^ second.store.keys()}
    assert second.store == first.store, f"{len(parted)} results have other names"


def test_a_small_film_rendered_far_away_has_the_same_bytes(
    tmp_path: Path, prefect_server: Server, prefect_state: Path
) -> None:
    """Everything at once: another engine, folder, locale, time zone, umask, number of workers and cores."""
    make = partial(make_small_film, material=make_small_material(tmp_path / "material"))
    first = render(PLAIN, tmp_path, make, prefect_state)
    assert first.out.keys() == {"numbers.mp4", "numbers.json"}
    assert len(first.store) > 30
    check_same(first, render(FAR, tmp_path / "there", make, prefect_state))


@pytest.fixture(scope="module")
def thirty(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return partial(make_film, material=make_material(tmp_path_factory.mktemp("material")))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, thirty: Builder, prefect_state: Path) -> Result:
    return render(PLAIN, tmp_path_factory.mktemp("plain"), thirty, prefect_state)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_thirty_shots_have_the_same_bytes_each_way(
    way: Way, plain: Result, thirty: Builder, tmp_path: Path, prefect_server: Server, prefect_state: Path
) -> None:
    check_same(plain, render(way, tmp_path, thirty, prefect_state))

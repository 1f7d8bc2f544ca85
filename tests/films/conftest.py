"""What tests of whole films share: the files of a small film, and that film rendered when nobody disturbed it."""

from __future__ import annotations

from pathlib import Path

import pytest
from smallfilm import SHOTS, make_film, make_material
from wholefilms import render_film, settings_for


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of the small film, by their path in it."""
    return make_material(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory, material: dict[str, Path]) -> Path:
    """A folder with the small film in ``film``, rendered, and the ``store`` in which all of it stands. To be copied."""
    return _rendered(tmp_path_factory.mktemp("rendered"), material, SHOTS)


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory, material: dict[str, Path]) -> Path:
    """The same with a film of four shots."""
    return _rendered(tmp_path_factory.mktemp("little"), material, 4)


def _rendered(folder: Path, material: dict[str, Path], shots: int) -> Path:
    render_film(make_film(folder / "film", material, shots=shots), settings_for(folder / "store"))
    return folder

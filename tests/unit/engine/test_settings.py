"""Settings and registry: how many workers there are, and that every kind of step has its stage and its version."""

from __future__ import annotations

import pytest

from filmkit.engine.registry import KINDS, stage
from filmkit.engine.settings import Settings
from filmkit.errors import StepFailed
from filmkit.plan.steps import VERSIONS


@pytest.mark.parametrize(
    ("asked", "cores", "workers"), [(None, 4, 4), (2, 4, 2), (8, 4, 8), (None, 128, 64), (0, 2, 2)]
)
def test_one_worker_a_core_unless_said(
    asked: int | None, cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filmkit.engine.settings.core_count", lambda: cores)
    assert Settings(workers=asked).worker_count == workers


def test_every_kind_of_step_has_a_stage_and_a_version() -> None:
    assert set(KINDS) == set(VERSIONS)
    for kind in KINDS:
        assert callable(stage(kind)), kind


def test_a_kind_nobody_knows_is_a_step_that_fails() -> None:
    with pytest.raises(StepFailed, match="no stage of this filmkit") as failed:
        stage("hologram")
    assert (failed.value.step, failed.value.remedy) == ("hologram", "update filmkit")

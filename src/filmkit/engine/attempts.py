"""Running what is missing, again where damage turns up on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from filmkit.engine.execute import Gone, Workshop, execute_step
from filmkit.engine.listen import Listener
from filmkit.engine.schedule import Failures
from filmkit.plan.graph import Step
from filmkit.plan.stale import Todo
from filmkit.store.actions import Record

RunSteps = Callable[[Sequence[Step], Callable[[Step], Record], int], None]
"""An engine: runs missing steps with an execute function and a number of workers."""

_ATTEMPTS = 5
"""How often a run goes on after damage was found; each time what was found is set aside and made again."""


def run_missing(
    ask: Callable[[], Todo], run_steps: RunSteps, shop: Workshop, listener: Listener, workers: int
) -> dict[str, Step]:
    """Runs what ``ask`` says is missing, under a lease that keeps the store's sweep away. Returns all steps that ran,
    by key. Raises Failures.
    """
    made: dict[str, Step] = {}
    with shop.store.lease():
        for attempt in range(_ATTEMPTS):
            missing = ask().missing
            if not missing:
                break
            made |= {step.key: step for step in missing}
            try:
                run_steps(missing, lambda step: execute_step(step, shop, listener), workers)
            except Failures as failures:
                if attempt == _ATTEMPTS - 1 or not all(isinstance(error, Gone) for error in failures.errors):
                    raise
    return made

"""``filmkit cost``: what a film's takes cost, and what is only reserved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from filmkit.cli.options import AsJson, Film, film_path
from filmkit.cli.say import say, say_json

By = Annotated[
    Literal["shot", "take", "model", "person", "day", "job"], typer.Option("--by", help="What it is counted by.")
]


def cost(film: Film = Path(), by: By = "shot", as_json: AsJson = False) -> None:
    """Says what takes from services cost."""
    from filmkit.engine.film_id import film_id
    from filmkit.engine.generation import budget_of
    from filmkit.load.film import find_film, read_storyboard, storyboard_from
    from filmkit.load.lock_write import read_lines
    from filmkit.report.paid import budget_line, cost_lines, cost_rows, job_value, outcome_lines
    from filmkit.store.journal import Journal
    from filmkit.store.journal_rows import text_of

    folder, cut = film_path(film)
    board, _ = storyboard_from(read_storyboard(find_film(folder, cut=cut).file))
    with Journal() as journal:
        jobs = journal.jobs(film_id(journal, folder))
    budget = budget_of(board, jobs, read_lines(folder))
    rows = cost_rows(jobs, "take" if by == "job" else by, budget.currency)
    if as_json:
        say_json({
            "rows": [{"name": row.name, "cost": text_of(row.cost), "reserved": text_of(row.open), "takes": row.takes,
                      "jobs": row.jobs} for row in rows],
            "jobs": [job_value(job) for job in jobs],
            "spent": text_of(budget.spent), "by_others": text_of(budget.elsewhere), "left": text_of(budget.left),
        })  # fmt: skip
        return
    if by == "job" and jobs:
        say(f"{job.ref[:8]}  {line}" for job in jobs for line in list(outcome_lines(job, ""))[:1])
    else:
        say(cost_lines(rows))
    if budget.elsewhere.amount:
        from filmkit.store.journal_rows import money

        say([f"others, as storyboard.lock says: {money(budget.elsewhere)}"])
    if budget.limit is not None:
        say([budget_line(None, 0, budget.limit, budget.left, budget.spent).partition("; ")[2]])

"""``filmkit generate``: asks services for the takes that are missing, within a budget, and brings them home."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmkit.cli.by_hand import hand_lines, hand_value, write_page
from filmkit.cli.options import AsJson, FfmpegOption, Film, StoreOption, film_path, settings_of
from filmkit.cli.say import say, say_json
from filmkit.errors import FilmkitError, Held, Stopped, UsageError

if TYPE_CHECKING:
    from filmkit.engine.execute import Workshop
    from filmkit.engine.generate import GenerationReport, Terms
    from filmkit.engine.generation import Generation
    from filmkit.model.scalar import Money
    from filmkit.plan.requests import Order
    from filmkit.store.journal import Journal

Shots = Annotated[list[str] | None, typer.Argument(help="Only these shots or scenes.", metavar="SHOT")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; needs a limit (budget.limit, or --max).")]
Most = Annotated[str | None, typer.Option("--max", help="What this run may cost at most.", metavar="'5 USD'")]
Takes = Annotated[int | None, typer.Option("--takes", min=1, max=100, help="Takes of each shot, in all.", metavar="N")]
Model = Annotated[str | None, typer.Option("--model", help="Another model than the storyboard says.")]
OnlyPlan = Annotated[bool, typer.Option("--plan", help="Show what would be asked for, and its price; do nothing.")]
Answers = Annotated[list[str] | None, typer.Option("--answer", help="Settle a take that is held.", metavar="REF=WORD")]
Unpriced = Annotated[
    bool, typer.Option("--unpriced", help="Also takes whose price nobody knows; they count as nothing.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Ask for nothing new after this time of day.", metavar="06:00")
]
AtOnce = Annotated[int | None, typer.Option("--at-once", min=1, max=64, help="Takes at a time.", metavar="N")]


def generate(
    film: Film = Path(),
    shots: Shots = None,
    yes: Yes = False,
    most: Most = None,
    takes: Takes = None,
    model: Model = None,
    only_plan: OnlyPlan = False,
    answers: Answers = None,
    at_once: AtOnce = None,
    until: Until = None,
    unpriced: Unpriced = False,
    as_json: AsJson = False,
    store: StoreOption = None,
    ffmpeg: FfmpegOption = None,
) -> None:
    """Makes missing takes by the services that the storyboard names.

    For takes that are made by hand (manual) it writes a page that says what to paste and to choose.
    """
    from filmkit.plan.requests import Order

    way = Way(yes, most, only_plan, tuple(answers or ()), at_once, until, unpriced, as_json, store, ffmpeg)
    order_takes(film, Order(tuple(shots or ()), takes, model), way)


@dataclass(frozen=True)
class Way:
    """How takes are asked for: the options that all commands have which ask services."""

    yes: bool = False
    most: str | None = None
    only_plan: bool = False
    answers: tuple[str, ...] = ()
    at_once: int | None = None
    until: str | None = None
    unpriced: bool = False
    as_json: bool = False
    store: str | None = None
    ffmpeg: str | None = None


def order_takes(film: Path, order: Order, way: Way) -> None:
    """Shows what an order would cost, asks, has the takes made, and says what came of it. Raises FilmkitError."""
    from filmkit.engine.generate import Terms, until_of
    from filmkit.engine.generation import open_generation
    from filmkit.engine.job import open_shop
    from filmkit.load.film import find_film
    from filmkit.report.text import finding_lines
    from filmkit.store.journal import Journal

    folder, cut = film_path(film)
    limit = _limit(way.most)
    with Journal() as journal:
        shop = open_shop(settings_of(cut=cut, store=way.store, ffmpeg=way.ffmpeg), folder)
        _settle(journal, folder, way.answers, quiet=way.as_json)
        generation = open_generation(find_film(folder, cut=cut).file, order, journal, shop.memo)
        if not way.as_json:
            say(finding_lines(generation.findings), to_error=True)
            say(_plan_lines(generation, limit))
            say(hand_lines(generation))
        if way.only_plan:
            _show_plan(generation, as_json=way.as_json)
            return
        write_page(generation, film, cut, quiet=way.as_json)
        if generation.proposals:
            _require_consent(generation, limit, yes=way.yes, as_json=way.as_json)
        terms = Terms(limit, until_of(way.until) if way.until else None, way.at_once, way.unpriced)
        report = _run(generation, (journal, shop), terms, quiet=way.as_json)
    _finish(report, generation, as_json=way.as_json)


def _settle(journal: Journal, folder: Path, answers: Sequence[str], *, quiet: bool) -> None:
    """Takes a person's answers about takes that are held."""
    from filmkit.engine.film_id import film_id
    from filmkit.engine.verdicts import answer

    for said in answers:
        job = answer(journal, film_id(journal, folder), said)
        if not quiet:
            say([f"{job.take_name}: {job.state.value}"], to_error=True)


def _limit(said: str | None) -> Money | None:
    from filmkit.model.scalar import Money

    try:
        return Money.parse(said) if said else None
    except ValueError as error:
        raise UsageError(f"--max: {error}", remedy="write it like --max '5 USD'") from None


def _plan_lines(generation: Generation, limit: Money | None) -> list[str]:
    from filmkit.report.paid import PlannedTake, budget_line, outcome_lines, plan_lines

    planned = [
        PlannedTake(one.request.shot, one.request.take, one.wish.provider, one.wish.model, one.compiled.seconds,
                    one.wish.price, one.losses)
        for one in generation.proposals
    ]  # fmt: skip
    lines = list(plan_lines(planned)) if planned else []
    lines += [line for job in generation.told for line in outcome_lines(job, "")]
    if generation.on_their_way:
        lines.append(f"on their way: {', '.join(job.take_name for job in generation.on_their_way)}")
    budget = generation.budget
    if planned or budget.spent.amount or not (generation.by_hand or generation.by_render):
        lines.append(budget_line(generation.price, len(planned), budget.limit, budget.left, budget.spent))
    price, rooms = generation.price, [room for room in (budget.left, limit) if room is not None]
    if price is not None and any(room.currency == price.currency and room.amount < price.amount for room in rooms):
        lines.append("that is more than may be spent: the takes beyond it are not asked for")
    return lines


def _show_plan(generation: Generation, *, as_json: bool) -> None:
    from filmkit.report.paid import job_value
    from filmkit.store.journal_rows import text_of

    if as_json:
        budget = generation.budget
        say_json({
            "takes": [
                {"shot": one.request.shot, "take": one.request.take, "provider": one.wish.provider,
                 "model": one.wish.model, "price": text_of(one.wish.price),
                 "losses": [[loss.fate.value, loss.key, loss.detail] for loss in one.losses]}
                for one in generation.proposals
            ],
            "on_their_way": [job_value(job) for job in generation.on_their_way],
            "held": [job_value(job) for job in generation.held], **hand_value(generation),
            "price": text_of(generation.price), "spent": text_of(budget.spent), "left": text_of(budget.left),
        })  # fmt: skip


def _require_consent(generation: Generation, limit: Money | None, *, yes: bool, as_json: bool) -> None:
    """Raises UsageError where nobody agreed to pay. What costs nothing needs no limit."""
    price = generation.price
    if yes:
        is_free = price is not None and not price.amount
        if limit is None and generation.budget.limit is None and not is_free:
            raise UsageError("--yes needs a limit: this film has no budget", remedy="add --max '5 USD', or budget: "
                             "{limit: 20 USD} to the storyboard")  # fmt: skip
        return
    if as_json or not is_somebody_there():
        raise UsageError("nobody is there to agree to the price; nothing was asked for", remedy="add --yes and a "
                         "limit, such as --max '5 USD'; --plan only shows")  # fmt: skip
    if input("Ask for these takes? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UsageError("nothing was asked for")


def is_somebody_there() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _run(generation: Generation, place: tuple[Journal, Workshop], terms: Terms, *, quiet: bool) -> GenerationReport:
    from filmkit.cli.take_progress import take_progress
    from filmkit.engine.arrival import Arrival
    from filmkit.engine.generate import Run

    journal, shop = place
    with take_progress(quiet=quiet) as told:
        return Run(generation, journal, Arrival(generation.folder, shop.store, shop.ffmpeg), terms, told).go()


def _finish(report: GenerationReport, generation: Generation, *, as_json: bool) -> None:
    """Says what came of it. Raises Held where a person must decide, FilmkitError where a take did not come home."""
    from filmkit.report.json import error_value
    from filmkit.report.paid import budget_line, job_value, outcome_lines, question_lines
    from filmkit.store.jobs import JobState
    from filmkit.store.journal_rows import text_of

    budget, trouble = report.budget, _trouble(report)
    if as_json:
        ending = {} if trouble is None else error_value(trouble, trouble.exit_code)
        say_json({
            "jobs": [job_value(outcome.job, outcome.trouble) for outcome in report.outcomes],
            "not_asked_for": list(report.unasked), "notes": list(report.notes),
            **hand_value(generation), "spent": text_of(budget.spent), "left": text_of(budget.left),
            **ending,
        })  # fmt: skip
        if trouble is not None:
            raise typer.Exit(trouble.exit_code)
    else:
        say(line for one in report.outcomes if one.job.state is not JobState.HELD
            for line in outcome_lines(one.job, one.trouble))  # fmt: skip
        say([*report.unasked, *report.notes], to_error=True)
        if report.outcomes:
            say([budget_line(None, 0, budget.limit, budget.left, budget.spent).partition("; ")[2]])
        say((line for one in report.held for line in question_lines(one.job)), to_error=True)
        if trouble is not None:
            raise trouble


def _trouble(report: GenerationReport) -> FilmkitError | Stopped | None:
    """What a run ends with, where not all is well."""
    from filmkit.store.jobs import JobState

    if report.stopped is not None:
        return report.stopped
    if report.held:
        return Held(f"{len(report.held)} take{'s' * (len(report.held) > 1)} held: whether something was begun is not "
                    "known, and a person must look")  # fmt: skip
    if report.is_all_made:
        return None
    if len(report.of(JobState.USED)) == len(report.outcomes):
        return FilmkitError(f"{len(report.unasked)} of the takes not asked for", remedy="see above why")
    return FilmkitError("not every take came home", remedy="see above; the same command goes on where it stopped")

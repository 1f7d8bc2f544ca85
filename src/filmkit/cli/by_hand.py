"""What ``generate`` says of takes that no service makes: sheets for those made by hand, and pictures that move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filmkit.cli.say import say
from filmkit.model.run import Json

if TYPE_CHECKING:
    from filmkit.engine.generation import Generation


def hand_lines(generation: Generation) -> Iterator[str]:
    """One line for each kind of take that costs nothing."""
    from filmkit.providers.still import nothing_to_generate
    from filmkit.report.text import plain

    if generation.by_hand:
        count = len(generation.by_hand)
        shots = ", ".join(dict.fromkeys(request.shot for request in generation.by_hand))
        yield plain(f"{count} take{'' if count == 1 else 's'} to make by hand: {shots}")
    if said := nothing_to_generate(generation.by_render):
        yield plain(said)


def write_page(generation: Generation, film: Path, cut: str | None, *, quiet: bool) -> None:
    """Writes the page of sheets where any take is made by hand, and says where it lies and what comes next."""
    from filmkit.engine.prompt_sheets import gather_command, write_sheets
    from filmkit.report.text import plain

    if not generation.by_hand:
        return
    title = generation.film.storyboard.title
    place = write_sheets(generation.folder, title, generation.by_hand, cut or "")
    if quiet:
        return
    here = film if film.is_dir() else film.parent
    shown = here / place.relative_to(generation.folder)
    say([plain(f"  what to paste: open {shown}"),
         plain(f"  when the clips are downloaded: {gather_command(here, cut or '')}")])  # fmt: skip


def hand_value(generation: Generation) -> dict[str, Json]:
    """The same as JSON."""
    by_hand: list[Json] = [f"{request.shot}/t{request.take:02}" for request in generation.by_hand]
    return {"by_hand": by_hand, "by_render": list(generation.by_render)}

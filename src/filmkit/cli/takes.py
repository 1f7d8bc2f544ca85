"""``filmkit takes``: lists the takes, compares them, puts them away and brings them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmkit.cli.options import AsJson, Film, StoreOption, film_path, settings_of
from filmkit.cli.say import say, say_json
from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.engine.execute import Workshop
    from filmkit.engine.take_list import TakeRow
    from filmkit.load.named_takes import NamedShot, Shelf


def takes(
    film: Film = Path(),
    shots: Annotated[list[str] | None, typer.Argument(help="Only these shots.", metavar="SHOT")] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="Draw them side by side, a picture a shot.")] = False,
    remove: Annotated[str | None, typer.Option(help="Put a take into the trash.", metavar="SHOT/TAKE")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Bring back what was put away last.")] = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Lists the takes of a film, with what is known of each.

    A take that is removed only moves to takes/.trash, and --undo brings it back. Nothing is ever deleted.
    """
    from filmkit.engine.job import open_shop
    from filmkit.engine.take_list import mended, take_rows
    from filmkit.load.film import find_film

    if (remove is not None) + undo + sheet > 1:
        raise UsageError("--sheet, --remove and --undo are three things", remedy="do one after the other")
    folder, cut = film_path(film)
    shop = open_shop(settings_of(cut=cut, store=store), folder)
    shelf = mended(folder, find_film(folder, cut=cut).file, shop)
    if remove is not None:
        _said(_remove(shelf, remove, shop), as_json=as_json)
    elif undo:
        _said(_undo(folder), as_json=as_json)
    else:
        wanted = list(dict.fromkeys(shelf.shot(word) for word in shots or ())) or [
            shot for shot in shelf.shots if shot.material == shot.name
        ]
        rows = take_rows(shelf, wanted, shop)
        drawn = _draw(shelf, rows, shop) if sheet else []
        _list(wanted, rows, drawn, as_json=as_json)


def _said(change: tuple[str, str], *, as_json: bool) -> None:
    name, words = change
    if as_json:
        say_json({"take": name, "done": words})
    else:
        say([f"{name} {words}"])


def _remove(shelf: Shelf, word: str, shop: Workshop) -> tuple[str, str]:
    from filmkit.engine.take_list import digests_of
    from filmkit.load.trash import put_away

    shot, take = shelf.named(word)
    users = [one.name for one in shelf.shots if one.material == take.shot and one.circled == take.label]
    if users:
        raise UsageError(f"{users[0]} shows {take.label}: it is circled", remedy="circle another one first")
    put_away(shelf.folder, take, digests_of(shelf, shop).get((take.shot, take.number), ""))
    return f"{shot.material}/{take.label}", "lies in the trash now; `filmkit takes --undo` brings it back"


def _undo(folder: Path) -> tuple[str, str]:
    from filmkit.load.trash import bring_back, last_put_away

    kept = last_put_away(folder)
    number = bring_back(folder, kept)
    return f"{kept.shot}/t{number:02}", "is back" + ("" if number == kept.number else f"; it was t{kept.number:02}")


def _draw(shelf: Shelf, rows: list[TakeRow], shop: Workshop) -> list[str]:
    from filmkit.engine.take_sheet import draw_sheets

    return [str(path) for path in draw_sheets(shelf.folder, shelf.board.picture.size, rows, shop)]


def _list(shots: list[NamedShot], rows: list[TakeRow], drawn: list[str], *, as_json: bool) -> None:
    from filmkit.report.takes import cells_of, facts_cells, table_lines
    from filmkit.report.text import plain

    if as_json:
        say_json({
            "takes": [
                {"take": f"{row.shot}/{row.file.label}", "file": row.file.name, "use": row.use, "sha256": row.sha256,
                 "facts": facts_cells(row.facts) if row.facts else None, "problem": row.problem,
                 "is_changed": row.is_changed, "lock": dict(row.line)}
                for row in rows
            ],
            "sheets": drawn,
        })  # fmt: skip
        return
    groups = {
        shot.name: [cells_of(row.file.label, row.use, row.facts, row.sha256, row.line) for row in rows
                    if row.shot == shot.name]
        for shot in shots
    }  # fmt: skip
    say(table_lines(groups))
    say(plain(f"warning: {row.file.name}: {row.problem}") for row in rows if row.problem)
    say(plain(f"warning: {row.file.name} is not what storyboard.lock says") for row in rows if row.is_changed)
    say(f"drawn: {path}" for path in drawn)

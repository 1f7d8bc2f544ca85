"""``filmkit check``: everything wrong with a film, all at once, before anything is rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.options import AsJson, Film, StoreOption, Strict, film_path, settings_of
from filmkit.cli.say import say, say_json


def check(
    film: Film = Path(),
    strict: Strict = False,
    as_json: AsJson = False,
    store: StoreOption = None,
    against: Annotated[Path | None, typer.Option(help="A template whose fixed parts must be the same.")] = None,
) -> None:
    """Lists everything that is wrong with a film.

    Storyboard and media are read, nothing is rendered. The exit code is 3 where a render would stop.
    """
    from filmkit.cli.patience import patience
    from filmkit.engine.job import check_film, open_shop
    from filmkit.load.against import check_against
    from filmkit.model.finding import as_errors, has_errors
    from filmkit.report.json import findings_value
    from filmkit.report.text import count_line, finding_lines, plain

    folder, cut = film_path(film)
    settings = settings_of(cut=cut, store=store)
    with patience(quiet=as_json):
        loaded, findings = check_film(folder, settings, open_shop(settings))
    if against is not None:
        findings = (*findings, *check_against(loaded, against))
    if strict:
        findings = as_errors(findings)
    if as_json:
        say_json({"film": cut or folder.name, "findings": findings_value(findings)})
    else:
        say(finding_lines(findings))
        say([plain(f"{cut or folder.name}: {count_line(findings)}")])
    if has_errors(findings):
        raise typer.Exit(3)

"""Sheets to make takes by, as one page of HTML that needs nothing else: no script, no file beside it, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from itertools import groupby
from typing import Final

from filmkit.model.generation import Mode
from filmkit.providers.manual import WHAT, Sheet

_MODES: Final = {
    Mode.T2V: "from words (text to video)",
    Mode.I2V: "from a start picture (image to video)",
    Mode.V2V: "from a clip that is changed (video to video)",
    Mode.PERFORMANCE: "from a performance",
}
_STYLE: Final = """\
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h2{margin:2.5rem 0 .5rem;border-top:2px solid #ddd;padding-top:1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f0;border:1px solid #ccc;border-radius:4px;
padding:.7rem;user-select:all;font:15px/1.45 ui-monospace,monospace;margin:.3rem 0}
th{text-align:left;vertical-align:top;padding:.1rem 1rem .1rem 0;font-weight:600;white-space:nowrap}
td{overflow-wrap:anywhere}small{color:#666}ul{margin:.3rem 0}@media print{pre{background:none}}"""


def page(title: str, sheets: Sequence[Sheet], commands: Sequence[str]) -> str:
    """The page. ``commands`` are what to type when the clips are downloaded."""
    heading = escape(f"{title}: {len(sheets)} take{'' if len(sheets) == 1 else 's'} to make by hand")
    shots = [list(group) for _, group in groupby(sheets, key=lambda sheet: sheet.shot)]
    body = "".join(part for group in shots for part in _shot(group))
    typed = "".join(f"<pre>{escape(command)}</pre>" for command in commands)
    how = (
        "<p>For each shot: paste the words into the page, choose what the table says, and download the clip into your "
        "downloads. A click into a grey box selects all of it. If you can, call the file as the sheet says; else "
        "filmkit finds the shot by its words, or asks.</p>"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><h1>{heading}</h1>"
        f"{how}<p>When the clips are there:</p>{typed}{body}</body></html>\n"
    )


def _shot(sheets: Sequence[Sheet]) -> Iterator[str]:
    """All takes of a shot: the words once where they are the same, and each take's own name and seed."""
    first = sheets[0]
    yield f'<section><h2 id="{escape(first.shot)}">{escape(first.shot)}</h2>'
    yield f"<p>{escape(first.page)}, {_MODES[first.mode]}</p>"
    if first.prompt:
        yield f"<p>Words</p><pre>{escape(first.prompt)}</pre>"
    if first.negative:
        yield f"<p>Negative prompt</p><pre>{escape(first.negative)}</pre>"
    yield "<table>" + "".join(_row(name, value) for name, value in _choices(first)) + "</table>"
    takes = "".join(f"<li>take {sheet.take}: {_named(sheet)}</li>" for sheet in sheets)
    yield f"<p>Results</p><ul>{takes}</ul>"
    notes = [*first.hints, *(f"{loss.fate.value}: {loss.detail}" for loss in first.losses)]
    if notes:
        yield "<p>Mind</p><ul>" + "".join(f"<li>{escape(note)}</li>" for note in dict.fromkeys(notes)) + "</ul>"
    yield "</section>"


def _named(sheet: Sheet) -> str:
    seed = "" if sheet.seed is None else f", seed <code>{sheet.seed}</code>"
    return f"call it <code>{escape(sheet.file_name)}.mp4</code>{seed}"


def _choices(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What to choose on the page, by name and value."""
    for reference in sheet.references:
        yield WHAT[reference.role], f"<code>{escape(reference.name)}</code>"
    needs = "" if sheet.seconds == sheet.needs else f" <small>(the shot needs {_seconds(sheet.needs)})</small>"
    yield "length", f"{_seconds(sheet.seconds)}{needs}"
    quality = f", {escape(sheet.quality)}" if sheet.quality else ""
    yield "size", f"{sheet.size}, {escape(sheet.ratio)}{quality}"
    if sheet.avoid:
        yield "avoid", escape(", ".join(sheet.avoid))
    for name, value in sheet.settings:
        yield f"setting {escape(name)}", escape(value)


def _row(name: str, value: str) -> str:
    return f"<tr><th>{name}</th><td>{value}</td></tr>"


def _seconds(seconds: Fraction) -> str:
    return f"{float(seconds):.4g} s"

"""``filmkit``: the command line. Commands are thin and import what they need when they run, so that ``--help`` is
quick.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

import typer

from filmkit import __version__
from filmkit.cli import check, doctor, new, plan, render, server, status, store, watch
from filmkit.cli.say import complain
from filmkit.errors import FilmkitError, Stopped
from filmkit.media.children import stop_all

app = typer.Typer(
    name="filmkit",
    help="Turns a storyboard into a finished short film; a change costs only what it touches.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("plan")(plan.plan)
app.command("render")(render.render)
app.command("watch")(watch.watch)
app.command("status")(status.status)
app.add_typer(store.app, name="store")
app.add_typer(server.app, name="server")
app.command("doctor")(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"filmkit {__version__}")
        raise typer.Exit


@app.callback()
def _film(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say the version and leave."
    ),
) -> None:
    """Turns a storyboard into a finished short film; a change costs only what it touches."""


def main() -> None:
    """Runs a command; a FilmkitError or a signal becomes one readable message and its exit code."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        app()
    except (FilmkitError, Stopped) as error:
        sys.exit(complain(error, as_json="--json" in sys.argv))
    except BrokenPipeError:
        sys.exit(0)


def _stop(number: int, frame: FrameType | None) -> None:
    """Ctrl-C and TERM stop all children first, then the command. A second signal leaves at once."""
    signal.signal(number, signal.SIG_DFL)
    stop_all(number)
    raise Stopped(number)

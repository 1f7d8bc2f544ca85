"""``filmkit``: the command line. Commands are thin and import what they need when they run, so that ``--help`` is
quick.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import cast

import typer

from filmkit import __version__
from filmkit.cli import (
    adopt,
    again,
    check,
    circle,
    cost,
    doctor,
    gather,
    generate,
    mix,
    models,
    new,
    plan,
    render,
    server,
    status,
    store,
    takes,
    watch,
)
from filmkit.cli.say import Unheard, complain
from filmkit.errors import FilmkitError, Stopped, UsageError
from filmkit.media.children import stop_all, stopped

_WrongUsage = cast("type[Exception]", typer.BadParameter.__bases__[0])
"""What typer raises for a wrong command line; it has no public name."""

app = typer.Typer(
    name="filmkit",
    help="Turns a storyboard into a finished short film; a change costs only what it touches.",
    epilog="Begin with: filmkit new my-film",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("plan")(plan.plan)
app.command("models")(models.models)
app.command("generate")(generate.generate)
app.command("vary")(again.vary)
app.command("again")(again.again)
app.command("cost")(cost.cost)
app.command("gather")(gather.gather)
app.command("takes")(takes.takes)
app.command("circle")(circle.circle)
app.command("adopt")(adopt.adopt)
app.command("render")(render.render)
app.command("mix")(mix.mix)
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
    """Runs a command and leaves with its exit code. What goes wrong becomes one readable message, never a traceback
    (but for a mistake of filmkit's own, which is asked to be reported).
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # an old terminal that has no arrow is no reason to fail; whoever reads along is told line by line
            stream.reconfigure(errors="replace", line_buffering=True)
    try:
        _hear_signals(_stop)
        sys.exit(_run())
    except (BrokenPipeError, Unheard):  # nobody reads on, and Python is not to try again when it leaves
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Exception, Stopped) as error:  # noqa: BLE001 - the edge: with --json even a mistake of ours is JSON
        sys.exit(complain(stopped() or _told(error), as_json="--json" in sys.argv))
    finally:
        _hear_signals(signal.SIG_DFL)  # all is said and done: whoever is still impatient need not be told so


def _run() -> int:
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except _WrongUsage as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":
            wrong.show()  # type: ignore[attr-defined]
            return 2
        raise _usage_error(wrong) from None
    return code if isinstance(code, int) else 0


def _usage_error(wrong: Exception) -> UsageError:
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context else "filmkit"
    message = wrong.format_message().replace("Value error, ", "")  # type: ignore[attr-defined]
    return UsageError(message[:1].lower() + message[1:], remedy=f"`{command} --help` says what can be written")


def _disk_error(error: OSError) -> FilmkitError:
    place = f"{error.filename}: " if error.filename else ""
    return FilmkitError(f"{place}{error.strerror or error}", remedy="see that it is there and may be written to")


def _told(error: BaseException) -> FilmkitError | Stopped:
    if isinstance(error, FilmkitError | Stopped):
        return error
    if isinstance(error, OSError):
        return _disk_error(error)
    traceback.print_exception(error)
    return FilmkitError("a mistake of filmkit's own", remedy="please report the lines above")


def _hear_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    """Ctrl-C and TERM stop all children first, then the command. A second signal leaves at once."""
    signal.signal(number, signal.SIG_DFL)
    stop_all(number)
    raise Stopped(number)

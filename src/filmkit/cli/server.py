"""``filmkit server``: the managed Prefect server, loopback only."""

from __future__ import annotations

import typer

from filmkit.cli.options import AsJson
from filmkit.cli.say import say, say_json

app = typer.Typer(
    help="The managed Prefect server: start, stop, status, open.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("start")
def start() -> None:
    """Starts the server, or says where it runs already."""
    from filmkit.engine.server import attach

    say([f"running at {attach().url}"])


@app.command("stop")
def stop() -> None:
    """Stops the server."""
    from filmkit.engine.server import stop_server

    say(["stopped" if stop_server() else "it was not running"])


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Whether the server runs, and where."""
    from filmkit.engine.server import running_server

    server = running_server()
    if as_json:
        say_json(
            {
                "running": server is not None,
                "url": server.url if server else None,
                "pid": server.pid if server else None,
            }
        )
    else:
        say([f"running at {server.url} (process {server.pid})" if server else "not running"])


@app.command("open")
def open_() -> None:
    """Opens Prefect's page in a browser; starts the server if needed."""
    from filmkit.engine.server import attach, open_page

    server = attach()
    say([f"opening {server.page}"])
    open_page(server)

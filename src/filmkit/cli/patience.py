"""A word while a film is read for the first time: takes are counted and music is listened to."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from filmkit.cli.say import tell

_SOON_S = 5.0


@contextmanager
def patience(*, quiet: bool = False) -> Iterator[None]:
    """Says on the standard error what is going on where the body takes longer than five seconds."""
    word = "reading the film: new files are measured once, long music takes a while …"
    timer = threading.Timer(_SOON_S, tell, [word, sys.stderr])
    timer.daemon, timer.name = True, "filmkit-patience"
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()

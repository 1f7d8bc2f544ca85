"""Reading answers that may be anything: a value at a place, of the kind that was expected, or nothing."""

from __future__ import annotations

from decimal import Decimal

from filmkit.model.run import Json

Place = str | int


def at(value: Json, *path: Place) -> Json:
    """What stands at a place in a JSON value; None where there is no such place."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_at(value: Json, *path: Place) -> str:
    """The text there, a whole number as text; empty where there is neither."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) else ""


def number_at(value: Json, *path: Place) -> float | None:
    """The number there, also one written as text; None where there is none."""
    found = at(value, *path)
    try:
        number = float(found) if isinstance(found, int | float | str) and not isinstance(found, bool) else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < float("inf") else None


def amount_at(value: Json, *path: Place) -> Decimal | None:
    """The amount there, as it was written; None where there is none."""
    number = number_at(value, *path)
    return None if number is None else Decimal(str(at(value, *path)))


def list_at(value: Json, *path: Place) -> list[Json]:
    """The list there; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []

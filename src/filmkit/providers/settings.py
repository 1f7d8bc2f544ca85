"""What only one model knows: a setting of the storyboard, typed as its row of the table wants it."""

from __future__ import annotations

import re

from filmkit.errors import UsageError
from filmkit.model.run import Json
from filmkit.providers.capability import Capability, Setting


def check_setting(model: Capability, name: str, value: Json, where: str) -> None:
    """Raises UsageError for a setting that the model has not, or a value that does not fit."""
    setting = model.settings.get(name)
    if setting is None:
        known = ", ".join(model.settings) or "none"
        raise UsageError(f"{where} has no setting {name!r}", remedy=f"its settings: {known}")
    if typed(setting, value) is None:
        raise UsageError(f"{where} cannot take {name}: {value!r}", remedy=what_fits(setting))


def what_fits(setting: Setting) -> str:
    """What to write for a setting."""
    if setting.kind == "choice":
        return f"write one of {', '.join(setting.choices)}"
    if setting.kind in {"boolean", "text"}:
        return "write true or false" if setting.kind == "boolean" else "write a text"
    what = "a whole number" if setting.kind == "integer" else "a number"
    return f"write {what} from {setting.least:g} to {setting.most:g}"


def typed(setting: Setting, value: Json) -> Json:
    """The value as its setting wants it, from what was written (a storyboard keeps texts); None where it is none."""
    said = str(value)
    match setting.kind:
        case "boolean":
            return {"true": True, "false": False}.get(said.lower())
        case "integer" | "number":
            pattern = r"-?[0-9]{1,12}" if setting.kind == "integer" else r"-?[0-9]{1,12}(\.[0-9]{1,12})?"
            if not re.fullmatch(pattern, said) or not setting.least <= float(said) <= setting.most:
                return None
            return int(said) if "." not in said else float(said)
        case "choice":
            return said if said in setting.choices else None
        case _:
            return said or None

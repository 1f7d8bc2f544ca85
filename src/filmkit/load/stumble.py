"""Why the YAML parser stumbled, said to somebody who writes a film: mostly a text that needs quotes.

libyaml and the parser in Python word their problems differently but stop at the same characters, so the reason is found
from the text around that character, and both give the same finding.
"""

from __future__ import annotations

import re

import yaml

from filmkit.load.tree import Source
from filmkit.load.words import shown
from filmkit.model.finding import Finding

_KEY_VALUE = re.compile(r"[\s\-{,]*[\w.\"'-]{1,60}\s*:[ \t]+(?P<value>\S.*)")
_LIST_ITEM = re.compile(r"\s*-[ \t]+(?P<value>\S.*)")
_WORD_AFTER_HASH = re.compile(r"[ \t](#[^\s,}\]]{1,40})")
_COMMENT = re.compile(r"(^|(?<=[ \t]))#.*$", re.M)
_SPECIAL_START = "@*!'%[{&`|>,]}\"-?#"


def explain(error: yaml.YAMLError, source: Source) -> Finding:
    """One finding for the place where the parser gave up."""
    at, begun_at = _marks(error, source)
    problem = str(getattr(error, "problem", "") or "")
    if source.text[at : at + 1] == "\t" or "tab character" in problem:
        return _finding(source, at, "tab", "a tab stands here where YAML wants spaces", "indent with spaces only")
    if "escape character" in problem or "escape sequence" in problem:
        return _finding(
            source,
            begun_at,
            "escape",
            "a backslash in double quotes means something special",
            r"write \\ for a backslash, or put the text in single quotes",
        )
    if "end of stream" in problem and "quoted" in str(getattr(error, "context", "")):
        return _finding(
            source,
            begun_at,
            "open-quote",
            "the quote that opens here is never closed",
            "close it at the end of the text; a text that begins with ' goes in double quotes",
        )
    if _is_flow(error):
        return _never_closed(source, at, begun_at)
    return _text_without_quotes(source, at) or _other(source, at)


def _marks(error: yaml.YAMLError, source: Source) -> tuple[int, int]:
    problem = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    at = min(problem.index if problem is not None else len(source.text), len(source.text))
    return at, min(context.index, at) if context is not None else at


def _is_flow(error: yaml.YAMLError) -> bool:
    return "flow" in str(getattr(error, "context", ""))


def _never_closed(source: Source, at: int, begun_at: int) -> Finding:
    """Inside ``[ ]`` or ``{ }``: never closed, or a text in it that needs quotes."""
    if source.text[begun_at : begun_at + 1] not in ("[", "{"):
        begun_at = _opened_before(source.text, begun_at)  # the parser names the place where a value should begin
    opening = source.text[begun_at : begun_at + 1]
    begun_line, line = source.line_of(begun_at), source.line_of(at)
    if line > begun_line or at >= len(source.text.rstrip()):
        end = source.line_start(begun_line) + len(source.line_text(begun_line))
        if comment := _WORD_AFTER_HASH.search(source.text, begun_at, end):
            return _finding(
                source,
                comment.start(1),
                "hash-in-text",
                f"'{shown(comment[1])}' after a space would be a comment, so the '{opening}' before it is never closed",
                f"put it in quotes: '{comment[1]}'",
            )
        return _finding(
            source,
            begun_at,
            "open-bracket",
            f"the '{opening}' that opens here is never closed",
            f"close it with '{']' if opening == '[' else '}'}'; if it is text, put the text in quotes",
        )
    return in_brackets(source, at)


def _opened_before(text: str, at: int) -> int:
    """The nearest bracket or brace before a place that is not closed before it; the place itself without one."""
    seen = _COMMENT.sub(lambda comment: " " * len(comment[0]), text[:at])
    closed = 0
    for before in range(len(seen) - 1, -1, -1):
        if seen[before] in "]}":
            closed += 1
        elif seen[before] in "[{":
            if not closed:
                return before
            closed -= 1
    return at


def in_brackets(source: Source, at: int) -> Finding:
    """A character that a text without quotes may not have inside ``[ ]`` or ``{ }``."""
    return _finding(
        source,
        at,
        "quote-text",
        f"'{shown(source.text[at : at + 1])}' has a meaning of its own in braces and brackets",
        "put the text it belongs to in quotes",
    )


def _text_without_quotes(source: Source, at: int) -> Finding | None:
    """The value on this line that begins with a special character or holds ``: ``, if there is one."""
    line = source.line_of(at)
    text = source.line_text(line)
    match = _KEY_VALUE.fullmatch(text) or _LIST_ITEM.fullmatch(text)
    if match is None:
        return None
    value = match["value"]
    value_at = source.line_start(line) + match.start("value")
    if at < value_at:
        return None
    if value[0] in "'\"" and at > value_at:
        return _finding(
            source, at, "quote-text", "the quotes are closed before this, and the text goes on", _inner_quotes(value[0])
        )
    begins_inside = at > value_at and source.text[at : at + 1] in set(_SPECIAL_START)
    if begins_inside and value[0] not in _SPECIAL_START:
        value, value_at = re.split(r"[,\]}\n]", source.text[at:], maxsplit=1)[0], at  # one of several in braces
    if value[0] in _SPECIAL_START:
        why = f"a text that begins with {_named(value[0])} means something else in YAML"
    elif ": " in value or value.endswith(":"):
        why = "a text with ': ' in it means something else in YAML"
    else:
        return None
    return _finding(source, value_at, "quote-text", why, _quoted_advice(value))


def _inner_quotes(quote: str) -> str:
    if quote == "'":
        return "write '' for an apostrophe in single quotes, or put the text in double quotes"
    return 'write \\" for a quote in double quotes, or put the text in single quotes'


def _named(char: str) -> str:
    return f'"{char}"' if char == "'" else f"'{char}'"


def _quoted_advice(value: str) -> str:
    bare = value.strip()
    if len(bare) > 40 or '"' in bare or "\\" in bare:
        return "put the whole text in quotes"
    return f'put the text in quotes: "{bare}"'


def _other(source: Source, at: int) -> Finding:
    line = source.line_of(at)
    if not source.text[at:].strip():
        line = source.line_of(max(0, len(source.text.rstrip()) - 1))
        at = max(source.line_start(line), min(at, len(source.text.rstrip()) - 1))
    return (
        _no_key_and_value(source, line)
        or _no_key_and_value(source, _line_above(source, line))
        or _finding(
            source,
            _indent_at(source, line),
            "indent",
            "this line does not fit under the one above it",
            "indent it with spaces exactly like its neighbours, and put free text in quotes",
        )
    )


def _no_key_and_value(source: Source, line: int) -> Finding | None:
    """A line that forgot its colon, or the space after it."""
    text = source.line_text(line)
    if re.match(r"\s*(- )?\s*[\w-]+:[^\s/]", text):
        return _finding(
            source,
            _indent_at(source, line),
            "no-space",
            "a colon needs a space after it",
            "write 'key: value', with a space after the colon",
        )
    if not re.search(r":(\s|$)", text) and not text.lstrip().startswith("- "):
        return _finding(
            source,
            _indent_at(source, line),
            "no-colon",
            "this line is neither 'key: value' nor part of a text",
            "write 'key: value', or put the text it belongs to in quotes",
        )
    return None


def _line_above(source: Source, line: int) -> int:
    """The nearest line above that says something; the line itself where there is none."""
    for above in range(line - 1, 0, -1):
        text = source.line_text(above).strip()
        if text and not text.startswith("#"):
            return above
    return line


def _indent_at(source: Source, line: int) -> int:
    text = source.line_text(line)
    return source.line_start(line) + len(text) - len(text.lstrip())


def _finding(source: Source, at: int, code: str, message: str, remedy: str) -> Finding:
    return Finding(code, message, remedy, place=source.place(at))

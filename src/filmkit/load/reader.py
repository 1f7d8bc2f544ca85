"""Safe reading of YAML: events only, never composed or constructed by the parser, each with its place.

libyaml's composer recurses and dies of 100 kB of ``[`` (SIGSEGV); its event parser keeps its states on the heap and
does not. The tree is built here from events, within limits, and everything a storyboard may not hold is refused: tags,
anchors, aliases, merges, several documents, keys twice, keys without a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml import events
from yaml.reader import Reader

from filmkit.load.stumble import explain, in_brackets
from filmkit.load.tree import Mapping, Node, Scalar, Sequence, Source, Tree
from filmkit.load.words import shown
from filmkit.model.finding import Finding, Place

MOST_BYTES: Final = 1 << 20
MOST_NODES: Final = 60_000
DEEPEST: Final = 20
LONGEST_BYTES: Final = 64 * 1024
"""The longest single value."""

_MOST_FINDINGS = 100
_UNPRINTABLE = Reader.NON_PRINTABLE  # compiling this again would cost as much as reading two hundred shots
_WORD_AFTER_HASH = re.compile(r"[ \t]+#(\S\S{0,30})")

PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML has it, else the one in Python: slower, and strict about tabs between words."""


@dataclass(frozen=True)
class Reading:
    """A file's tree (None where it cannot be read as one) and all that was found."""

    tree: Tree | None
    findings: tuple[Finding, ...]


class _Refused(Exception):
    """Reading ends here; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def read_tree(data: bytes, file: str, *, parser: Any = None) -> Reading:  # noqa: ANN401 - PyYAML's loaders share no type
    """Reads a storyboard's bytes. Never raises for what they hold; ``file`` is the name shown in findings."""
    try:
        source = Source(file, _decoded(data, file))
    except _Refused as refused:
        return Reading(None, (refused.finding,))
    builder = _Builder(source)
    try:
        for event in yaml.parse(source.text, Loader=parser or PARSER):
            builder.take(event)
    except yaml.YAMLError as error:
        last = explain(error, source)
        before = [
            found for found in builder.findings if found.place and last.place and found.place.line < last.place.line
        ]
        return Reading(None, (*before, last))
    except _Refused as refused:
        return Reading(None, (*builder.findings, refused.finding))
    return Reading(builder.tree(), tuple(builder.findings))


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MOST_BYTES:
        raise _refusal(
            "too-large",
            f"the file has {len(data):,} bytes; a storyboard has {MOST_BYTES:,} at most",
            "shorten it; pictures and sounds belong into files of their own",
            Place(file),
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal("not-utf-8", "the file is saved as UTF-16", "save it as UTF-8", Place(file))
    bom = b"\xef\xbb\xbf"
    body = data.removeprefix(bom)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + len(data) - len(body)
        line = body[: error.start].count(b"\n") + 1
        raise _refusal(
            "not-utf-8",
            f"byte {at} (0x{data[at]:02x}, on line {line}) is not UTF-8 text",
            "save the file as UTF-8",
            Place(file, line),
        ) from None
    if (bad := _UNPRINTABLE.search(text)) is not None:
        at = len(text[: bad.start()].encode()) + len(data) - len(body)
        raise _refusal(
            "control-character",
            f"byte {at} is a control character (U+{ord(bad[0]):04X}) that no text holds",
            "delete it, or save the file anew as plain text",
            Source(file, text).place(bad.start()),
        )
    return text


def _refusal(code: str, message: str, remedy: str, place: Place) -> _Refused:
    return _Refused(Finding(code, message, remedy, place=place))


@dataclass(slots=True, eq=False)
class _Open:
    """A mapping or list whose end has not come yet; ``key`` waits for its value."""

    node: Mapping | Sequence
    key: str | None = None
    key_at: int = 0
    is_twin: bool = False


class _Builder:
    """Takes events one by one; the stack is ours, so depth costs a check and no recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self._root: Node | None = None
        self._stack: list[_Open] = []
        self._nodes = 0
        self._documents = 0
        self._handlers: dict[type, Callable[[Any], None]] = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._open,
            events.SequenceStartEvent: self._open,
            events.MappingEndEvent: self._close,
            events.SequenceEndEvent: self._close,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._document,
        }

    def take(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's event classes share no useful type
        """Adds one event to the tree. Raises _Refused where reading must end."""
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def tree(self) -> Tree | None:
        """The tree, once all events are taken; a finding where it is not a mapping of keys."""
        if isinstance(self._root, Mapping):
            return Tree(self.source, self._root)
        if self._root is None or (isinstance(self._root, Scalar) and not self._root.text):
            self._found("empty", "the file is empty", "begin it with filmkit: 1, a title and scenes", 0)
        else:
            self._found(
                "not-keys",
                "the file is not a list of keys and values",
                "begin it with filmkit: 1, then title: …, then scenes: …",
                self._root.at,
            )
        return None

    def _found(self, code: str, message: str, remedy: str, at: int) -> None:
        finding = Finding(code, message, remedy, place=self.source.place(at))
        if len(self.findings) >= _MOST_FINDINGS:
            raise _Refused(finding)
        self.findings.append(finding)

    def _document(self, event: Any) -> None:  # noqa: ANN401
        self._documents += 1
        if self._documents > 1:
            raise _refusal(
                "several-documents",
                "a second document begins here (---)",
                "keep one film in one file",
                self.source.place(event.start_mark.index),
            )

    def _scalar(self, event: Any) -> None:  # noqa: ANN401
        at = event.start_mark.index
        is_quoted = event.style not in (None, "")
        if event.tag is not None or event.anchor is not None:
            self._no_markup(event, at)
        is_block = event.style in ("|", ">")
        if not event.value and (is_block or (not is_quoted and event.end_mark.index == at)):
            self._empty(at)
            return
        if not is_quoted:
            self._check_plain(event.value, at, event.end_mark.index)
        elif len(event.value) > LONGEST_BYTES // 4:
            self._check_length(event.value, at)
        self._add(Scalar(event.value, at, is_quoted))

    def _check_plain(self, text: str, at: int, end: int) -> None:
        self._check_length(text, at)
        if self.source.text[end : end + 1] in (" ", "\t") and (hit := _WORD_AFTER_HASH.match(self.source.text, end)):
            self._found(
                "hash-in-text",
                f"'#{hit[1]}' after a space would be a comment, and be left out",
                "put the whole text in quotes; for a comment write '# ' with a space",
                at,
            )
        if "?" in text and self._stack and self._stack[-1].node.is_flow:
            finding = in_brackets(self.source, self.source.text.index("?", at))  # the parser in Python stops here
            self._found(finding.code, finding.message, finding.remedy, self.source.text.index("?", at))

    def _check_length(self, text: str, at: int) -> None:
        if len(text) > LONGEST_BYTES // 4 and len(text.encode()) > LONGEST_BYTES:
            raise _refusal(
                "too-long",
                f"this value has {len(text):,} characters; {LONGEST_BYTES:,} bytes are the most",
                "shorten it",
                self.source.place(at),
            )

    def _no_markup(self, event: Any, at: int) -> None:  # noqa: ANN401
        if event.anchor is not None:
            self._found(
                "anchor",
                f"'&{event.anchor}' would be an anchor, and a storyboard has none",
                "if it is text, put the text in quotes; else write the value out where it is needed",
                at,
            )
        else:
            self._found(
                "tag",
                "a value that begins with '!' would be a tag, and a storyboard has none",
                "put the text in quotes",
                at,
            )

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        at = event.start_mark.index
        self._found(
            "alias",
            f"'*{event.anchor}' would be an alias, and a storyboard has none",
            "if it is text, put the text in quotes; else write the value out",
            at,
        )
        self._add(Scalar(f"*{event.anchor}", at))

    def _empty(self, at: int) -> None:
        """A value that is not there: the key stays known, so that nobody calls it missing too."""
        if not self._stack:
            self._root = Scalar("", at)
            return
        top = self._stack[-1]
        if isinstance(top.node, Sequence):
            self._found("no-value", "a '-' without a value", "write the value after it, or delete the line", at)
        elif top.key is None:
            self._found("no-key", "a ':' without a key before it", "write the key, or put the text in quotes", at)
            top.key, top.key_at, top.is_twin = "", at, True
        else:
            if not (top.node.is_flow and "?" in top.key):  # said already: a text in braces without quotes
                key = shown(top.key)
                self._found("no-value", f"'{key}' is a key without a value", self._how_to_fill(top), top.key_at)
            top.key = None

    def _how_to_fill(self, top: _Open) -> str:
        key = top.key or ""
        rest = self.source.text[top.key_at + len(key) : top.key_at + len(key) + 80].split("\n")[0]
        if match := re.match(r"[\"']?\s*:\s+(#\S+)", rest):
            return f"put the value in quotes: {key}: '{match[1]}'"
        if re.fullmatch(r"[A-Za-z_]+:\S.*", key):
            return f"put a space after the colon: {key.replace(':', ': ', 1)}"
        if top.node.is_flow:
            return f"write {shown(key)}: …; if it is the rest of a text with a comma, put that text in quotes"
        return f"write a value after '{shown(key)}:', or delete the line"

    def _open(self, event: Any) -> None:  # noqa: ANN401
        at = event.start_mark.index
        if event.tag is not None or event.anchor is not None:
            self._no_markup(event, at)
        if len(self._stack) >= DEEPEST:
            raise _refusal(
                "too-deep",
                f"more than {DEEPEST} levels of lists and keys inside each other",
                "a storyboard needs far fewer; if this is text, put it in quotes",
                self.source.place(at),
            )
        is_mapping = isinstance(event, events.MappingStartEvent)
        node: Mapping | Sequence = (Mapping if is_mapping else Sequence)(at, bool(event.flow_style))
        self._add(node)
        self._stack.append(_Open(node))

    def _close(self, event: Any) -> None:  # noqa: ANN401
        self._stack.pop()

    def _add(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _refusal(
                "too-many",
                f"more than {MOST_NODES:,} keys and values",
                "split the film into several films",
                self.source.place(node.at),
            )
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
        elif top.key is None:
            self._take_key(top, node)
        else:
            if not top.is_twin:
                top.node.items[top.key] = node
            top.key = None

    def _take_key(self, top: _Open, node: Node) -> None:
        if not isinstance(node, Scalar):
            raise _refusal(
                "key-not-a-word",
                "a key must be a word; this begins with a bracket or brace",
                "if it is text, put the text in quotes",
                self.source.place(node.at),
            )
        assert isinstance(top.node, Mapping)
        top.key, top.key_at = node.text, node.at
        top.is_twin = node.text in top.node.keys
        if top.is_twin:
            first = self.source.line_of(top.node.keys[node.text])
            self._found(
                "key-twice",
                f"'{shown(node.text)}' stands here twice: on line {first} and on line {self.source.line_of(node.at)}",
                "keep one of them",
                node.at,
            )
        elif node.text == "<<" and not node.is_quoted:
            self._found(
                "merge",
                "'<<' would merge another mapping, and a storyboard has no merges",
                "write the keys out",
                node.at,
            )
        top.node.keys.setdefault(node.text, node.at)

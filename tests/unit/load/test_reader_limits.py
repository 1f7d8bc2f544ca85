"""Hostile bytes: the reader refuses them in a moment, and never takes the process with it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

import pytest
import yaml

from filmkit.load.reader import DEEPEST, LONGEST_BYTES, MOST_BYTES, MOST_NODES, read_tree

PARSERS = [pytest.param(yaml.SafeLoader, id="python")]
if hasattr(yaml, "CSafeLoader"):
    PARSERS.append(pytest.param(yaml.CSafeLoader, id="libyaml"))

BOMBS = {
    "lists": "[" * 100_000,
    "mappings": "{" * (1 << 20),
    "dashes": "- " * 100_000,
    "keys": "a: " * 100_000,
    "questions": "? " * 100_000,
    "pairs": "[a: " * 100_000,
    "lines": "".join(" " * depth + "a:\n" for depth in range(1_000)),
    "laughs": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(1_000)),
    "one-long-text": "a: " + "x" * 1_000_000,
    "one-long-quote": 'a: "' + "x\\n" * 300_000,
    "many-keys": "".join(f"k{n}: v\n" for n in range(80_000)),
    "many-items": "a: [" + "x," * 500_000,
    "anchors": "&" * 500_000,
    "tags": "a: !" + "x" * 500_000,
    "comments": "#" * 1_000_000,
    "blank-lines": "\n" * 1_000_000,
    "closing": "]" * 100_000,
}


def program(text: str) -> str:
    return textwrap.dedent(
        f"""
        import resource, sys, yaml
        from filmkit.load.reader import read_tree
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        reading = read_tree(({text}).encode(), "storyboard.yaml", parser=getattr(yaml, sys.argv[1]))
        assert reading.tree is None and reading.findings, reading.tree
        print(reading.findings[-1].code)
        """
    )


@pytest.mark.parametrize("parser", [name for name in ("SafeLoader", "CSafeLoader") if hasattr(yaml, name)])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"[" * 100_000', "too-deep"),
        ('"{" * (1 << 20)', "key-not-a-word"),
        ('"- " * 100_000', "too-deep"),
        ('"]" * 99', None),
    ],
)
def test_process_survives_deep_nesting(text: str, code: str | None, parser: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program(text), parser], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert code is None or done.stdout.strip() == code


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("name", sorted(BOMBS))
def test_bomb_is_refused_in_a_moment(name: str, parser: object) -> None:
    began = time.process_time()
    most = MOST_BYTES if parser is not yaml.SafeLoader else 50_000  # the parser in Python is slow, and only that
    reading = read_tree(BOMBS[name].encode()[:most], "storyboard.yaml", parser=parser)
    assert (reading.tree is None or reading.findings) or most < MOST_BYTES
    assert len(reading.findings) <= 101
    assert time.process_time() - began < 5


def test_file_over_the_limit_is_not_parsed() -> None:
    [finding] = read_tree(b"a: b\n" + b"#" * MOST_BYTES, "storyboard.yaml").findings
    assert finding.code == "too-large"
    assert "1,048,576" in finding.message


@pytest.mark.parametrize("parser", PARSERS)
def test_depth_is_allowed_up_to_its_limit(parser: object) -> None:
    def nested(depth: int) -> bytes:
        return ("{a: " * depth + "x" + "}" * depth).encode()

    assert read_tree(nested(DEEPEST), "s", parser=parser).findings == ()
    [finding] = read_tree(nested(DEEPEST + 1), "s", parser=parser).findings
    assert (finding.code, finding.place and finding.place.column) == ("too-deep", 4 * DEEPEST + 1)


def test_nodes_are_allowed_up_to_their_limit() -> None:
    def items(count: int) -> bytes:
        return ("a: [" + "x," * count + "]").encode()  # the mapping, its key and the list are three more

    assert read_tree(items(MOST_NODES - 3), "s").findings == ()
    assert [finding.code for finding in read_tree(items(MOST_NODES - 2), "s").findings] == ["too-many"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_values_are_allowed_up_to_64_kib(quote: str) -> None:
    def value(text: str) -> bytes:
        return f"a: {quote}{text}{quote}".encode()

    assert read_tree(value("x" * LONGEST_BYTES), "s").findings == ()
    assert [finding.code for finding in read_tree(value("x" * (LONGEST_BYTES + 1)), "s").findings] == ["too-long"]
    assert [finding.code for finding in read_tree(value("é" * (LONGEST_BYTES // 2 + 1)), "s").findings] == ["too-long"]


def test_bytes_that_are_no_text_are_named() -> None:
    [finding] = read_tree(b"title: ok\nnote: caf\xe9\n", "storyboard.yaml").findings
    assert (finding.code, str(finding.place)) == ("not-utf-8", "storyboard.yaml:2:0")
    assert "byte 19 (0xe9, on line 2)" in finding.message
    assert "UTF-8" in finding.remedy
    [finding] = read_tree("title: x".encode("utf-16"), "storyboard.yaml").findings
    assert "UTF-16" in finding.message


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("bad", ["\0", "\x1b", "\x7f", "\ufffe", "\x08"])
def test_control_characters_are_named_by_their_byte(bad: str, parser: object) -> None:
    [finding] = read_tree(f"é: x\ntitle: a{bad}b\n".encode(), "s", parser=parser).findings
    assert finding.code == "control-character"
    assert "byte 14" in finding.message
    assert finding.place is not None and (finding.place.line, finding.place.column) == (2, 9)


def test_byte_order_mark_is_no_text() -> None:
    tree = read_tree(b"\xef\xbb\xbffilmkit: 1\r\ntitle: x\r\n", "s").tree
    assert tree is not None
    assert tree.plain() == {"filmkit": "1", "title": "x"}
    assert str(tree.place(("title",))) == "s:2:8"


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("a: *b", "alias", "quotes"),
        ("a: &b c", "anchor", "quotes"),
        ("a: !b c", "tag", "quotes"),
        ("a: !!python/object/apply:os.system [ls]", "tag", "quotes"),
        ("<<: {a: b}", "merge", "write the keys out"),
        ("a: b\n---\nc: d", "several-documents", "one film in one file"),
        ("a: b\nc: d\na: e", "key-twice", "on line 1 and on line 3"),
        ("a: {b: c, b: d}", "key-twice", "keep one of them"),
        ("a:\nb: c", "no-value", "write a value after 'a:'"),
        ("a: ~x\nb:   # later\n", "no-value", "'b' is a key without a value"),
        ("color: #ff0000", "no-value", "put the value in quotes: color: '#ff0000'"),
        ("a: {b: c, d}", "no-value", "put that text in quotes"),
        ("a: {b:c}", "no-value", "put a space after the colon: b: c"),
        ("a:\n  - \n  - x", "no-value", "write the value after it"),
        ("a: take #two of it", "hash-in-text", "put the whole text in quotes"),
        ("a: {b: x #y\n }", "hash-in-text", "'# ' with a space"),
        ("", "empty", "begin it with filmkit: 1"),
        ("# nothing\n", "empty", "begin it with filmkit: 1"),
        ("just a text", "not-keys", "begin it with filmkit: 1"),
        ("- a\n- b", "not-keys", "begin it with filmkit: 1"),
        ("[a]: b", "key-not-a-word", "put the text in quotes"),
    ],
)
def test_what_a_storyboard_may_not_hold_is_refused(text: str, code: str, says: str, parser: object) -> None:
    findings = read_tree(text.encode(), "storyboard.yaml", parser=parser).findings
    assert [finding.code for finding in findings] == [code]
    assert says in f"{findings[0].message} {findings[0].remedy}"
    assert findings[0].place is not None and findings[0].place.line >= 1


def test_comment_with_a_space_is_a_comment() -> None:
    tree = read_tree(b"a: b # see #4\nc: d#e\nf: 'g' #h\n#whole line\n", "s").tree
    assert tree is not None
    assert tree.plain() == {"a": "b", "c": "d#e", "f": "g"}


def test_reading_is_quick_enough_for_a_thousand_shots() -> None:
    shot = (
        "      - id: s{0}\n        action: leaves the harbour, its wake spreading\n"
        "        framing: wide shot, low angle\n"
        "        camera: {{move: push-in, pace: slow}}\n        take: t01\n        in: 0.5s\n        lasts: 2s\n"
    )
    data = ("filmkit: 1\ntitle: x\nscenes:\n  - id: a\n    shots:\n" + "".join(map(shot.format, range(1_000)))).encode()
    assert len(data) > 200_000
    spent = []
    for _ in range(3):
        began = time.process_time()
        assert read_tree(data, "s").findings == ()
        spent.append(time.process_time() - began)
    assert min(spent) < (0.25 if hasattr(yaml, "CSafeLoader") else 3)

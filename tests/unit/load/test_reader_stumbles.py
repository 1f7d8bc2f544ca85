"""Where YAML stumbles over free text, filmkit says to quote it: the same with libyaml's parser and with Python's."""

from __future__ import annotations

import string

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filmkit.load.film import storyboard_from
from filmkit.load.reader import Reading, read_tree
from filmkit.load.tree import Tree

PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]

HOSTILE = [
    "@home",
    "*whispers*",
    "* a star",
    "!important",
    "! really",
    "'tis the sea",
    "%complete",
    "[He] left",
    "{x} y",
    "`tick",
    "- a dash",
    "> 5 m high",
    "| bar",
    ", then",
    "? who",
    "& co",
    "&co now",
    "one: two",
    "a: b: c",
    "He said: ",
    '"Say" it',
    '"Say "hi" now"',
    "'it's'",
    "]",
    "}",
    "[b, c",
    "{b: c",
    '"open',
    "'open",
    "#hash",
    "take #two",
    "x\ty: z",
    "\ttab",
    "{{title}}",
    "[[x]]",
    "<<",
    "%{pts}",
    "%d",
    "text='a'",
    "a\\b",
    "C:\\new",
    '"a\\qb"',
    "…: …",
    "été: fini",
    "日本: 語",
    "{Why?}",
    "[Why?]",
    "- - -",
    ": x",
    "?",
    "-",
    "!",
    "*",
    "&",
    "@",
    "`",
    '"',
    "'",
    "|",
    ">",
    "%",
    "]]>",
    "[a](b)",
    "*b*: c",
]
"""Texts that students write and YAML reads differently."""


def read_all(text: str) -> list[Reading]:
    return [read_tree(text.encode(), "storyboard.yaml", parser=parser) for parser in PARSERS]


def essence(reading: Reading) -> list[tuple[str, str, str, str]]:
    return [(finding.code, str(finding.place), finding.message, finding.remedy) for finding in reading.findings]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_or_refused_with_a_place(text: str) -> None:
    for reading in read_all(f"title: x\naction: {text}\nlasts: 2s\n"):
        kept = reading.tree is not None and reading.tree.plain() == {
            "title": "x",
            "action": text.strip(),
            "lasts": "2s",
        }
        kept = kept or text == "[[x]]"  # a list of lists, which the model refuses and says to quote
        assert kept != bool(reading.findings)
        for finding in reading.findings:
            assert finding.place is not None and finding.place.line in (2, 3)
            assert "quot" in finding.remedy + finding.message or finding.code in {
                "tab",
                "no-value",
                "escape",
                "open-quote",
            }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_written_once_it_is_quoted(text: str) -> None:
    single = "'" + text.replace("'", "''") + "'"
    double = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for quoted in (single, double):
        for form in (f"action: {quoted}\n", f"{{action: {quoted}}}"):
            for reading in read_all(form):
                assert reading.findings == ()
                assert reading.tree is not None and reading.tree.plain() == {"action": text}


@pytest.mark.parametrize("form", ["action: {}", "- {}", "shots: [{{action: {}}}]"])
@pytest.mark.parametrize("text", HOSTILE)
def test_both_parsers_find_the_same(text: str, form: str) -> None:
    readings = read_all(f"title: x\n{form.format(text)}\n")
    if "\t" in text:
        return  # the parser in Python is strict about tabs between words, libyaml is not
    if "?" in text and "[{" in form:  # the parser in Python stops at the first '?' in braces, libyaml goes on
        assert len({essence(reading)[0][0] for reading in readings}) == 1
    else:
        assert [essence(reading) for reading in readings[1:]] == [essence(readings[0])] * (len(readings) - 1)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: @x", "1:4", "begins with '@'"),
        ("a: %x", "1:4", 'put the text in quotes: "%x"'),
        ("a: [He] left", "1:4", "begins with '['"),
        ("a: one: two", "1:4", "': ' in it"),
        ("a: Why\nb: {c: Why?}", "2:11", "put the text it belongs to in quotes"),
        ("a: 'tis", "1:4", "never closed"),
        ('a: "Say "hi" now"', "1:10", "the text goes on"),
        ("a: {b: c\nd: e\n", "1:4", "close it with '}'"),
        ("a:\n\tb: c", "2:1", "a tab"),
        ("a: b\n\tc: d", "2:1", "spaces only"),
        ("a\nb: c", "1:1", "neither 'key: value' nor"),
        ("a: b\n c: d", "2:2", "does not fit under the one above"),
        ("a:\n  b: c\n d: e", "3:2", "indent it with spaces"),
        ("a:b\nc: d", "1:1", "a colon needs a space"),
        ('a: "C:\\dir"', "1:4", "backslash"),
        ("a: b\n- c", "2:1", "does not fit"),
    ],
)
def test_stumble_says_where_and_what_to_do(text: str, place: str, says: str) -> None:
    for reading in read_all(text):
        finding = reading.findings[-1]
        assert str(finding.place) == f"storyboard.yaml:{place}"
        assert says in f"{finding.message}; {finding.remedy}"
        assert finding.place is not None and finding.place.excerpt == text.split("\n")[finding.place.line - 1]


ANY_TEXT = st.text(alphabet=st.sampled_from(string.printable + "é日\u2028\x85\ufeff\U0001f3ac"), max_size=80)
LINES = st.lists(
    st.sampled_from(
        [
            "filmkit: 1",
            "title: x",
            "scenes:",
            "  - id: a",
            "    shots:",
            "      - id: b",
            "        lasts: 2s",
            "- x",
            "{",
            "}",
            "[",
            "a: [b, c]",
            "titles: []",
            "sound: {music: []}",
            "\tx",
            "x: 'y",
            "lasts: 4",
            "in: {a: 1}",
            "cast: {k: {}}",
            "picture: none",
            "team: {A: [b]}",
            "fixed: sound",
            "? a",
            ": b",
            "--- ",
            "...",
        ]
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(ANY_TEXT, LINES))
@example("a: \u2028")
@example("\ufeff")
def test_any_text_gives_a_model_or_findings(text: str) -> None:
    for reading in read_all(text):
        board, findings = storyboard_from(reading)
        assert (board is None) == bool(findings)
        for finding in findings:
            assert finding.message and finding.place is not None and finding.place.line >= 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_give_a_tree_or_findings(data: bytes) -> None:
    reading = read_tree(data, "storyboard.yaml")
    assert reading.tree is not None or reading.findings


PLAIN = st.text(alphabet=string.ascii_letters + " .,é日-+/()\U0001f3ac", min_size=1, max_size=20)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3), max_leaves=12
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(PLAIN, VALUES, min_size=1, max_size=4), st.booleans())
def test_what_is_dumped_is_read_again_by_both_parsers(value: dict[str, object], is_flow: bool) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=is_flow, default_style='"', width=1000)
    for reading in read_all(text):
        assert reading.findings == ()
        assert reading.tree is not None and reading.tree.plain() == value


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.text(alphabet=string.ascii_letters, min_size=1, max_size=6), PLAIN), min_size=1, max_size=6)
)
def test_places_point_at_what_they_name(pairs: list[tuple[str, str]]) -> None:
    written = dict(pairs)
    text = "".join(f'{key}:\r\n  - "{value}"\n' for key, value in written.items())
    tree: Tree | None = read_tree(text.encode(), "s").tree
    assert tree is not None
    lines = text.replace("\r\n", "\n").split("\n")
    for key, value in written.items():
        place = tree.place((key, 0))
        assert lines[place.line - 1][place.column - 1 :] == f'"{value}"'
        place = tree.place((key,))
        assert lines[place.line - 1].startswith(f"{key}:") and place.column == 1

"""Findings as text: errors first, in the order of the file, a sign under the column, nothing that moves a cursor."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from filmkit.model.finding import Finding, Place, Severity
from filmkit.report.text import columns_of, count_line, finding_lines, plain


def at(line: int, column: int = 1, severity: Severity = Severity.ERROR, excerpt: str = "") -> Finding:
    return Finding("x", f"found {line}:{column}", "mend it", severity, Place("storyboard.yaml", line, column, excerpt))


def told(*findings: Finding) -> list[str]:
    return list(finding_lines(findings))


def test_errors_come_first_then_warnings_then_notes_each_in_the_order_of_the_file() -> None:
    found = [at(9, severity=Severity.NOTE), at(7, 9), at(1, severity=Severity.WARNING), at(7, 3), at(2)]
    assert [line.split(" ", 1)[1] for line in told(*found) if "found" in line] == [
        "error: found 2:1", "error: found 7:3", "error: found 7:9", "warning: found 1:1", "note: found 9:1",
    ]  # fmt: skip


def test_the_sign_stands_under_the_column() -> None:
    assert told(at(12, 9, excerpt="        lasts: 4")) == [
        "storyboard.yaml:12:9: error: found 12:9",
        "      12 |         lasts: 4",
        "         |         ^",
        "    → mend it",
    ]


def test_the_sign_stands_under_the_column_after_wide_and_combining_signs() -> None:
    text = 'text: "灯台 e\u0301" x'
    _, line, sign, _ = told(at(3, text.index("x", 3) + 1, excerpt=text))
    before = line[: line.rindex("x")]
    assert len(sign) - 1 == sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) == "W" else 1 for char in before
    )


def test_of_a_very_long_line_the_part_around_the_column_is_shown() -> None:
    text = "{" + "a: b, " * 400 + "lasts: 4, " + "c: d, " * 400 + "}"
    column = text.index("lasts") + 1
    _, line, sign, _ = told(at(3, column, excerpt=text))
    assert len(line) < 120 and line[11] == line[-1] == "…"
    assert line[sign.index("^") :].startswith("lasts: 4")


def test_a_tab_is_one_column_wide() -> None:
    _, line, sign, _ = told(at(3, 3, excerpt="\t\tlasts: 2s"))
    assert line[sign.index("^") :] == "lasts: 2s"


def test_about_is_named_unless_the_message_does() -> None:
    one = Finding("x", "lasts: '4' is not a time", about="harbour/boat")
    other = Finding("x", "harbour/boat has no take", about="harbour/boat")
    assert told(one, other) == [
        "error: harbour/boat: lasts: '4' is not a time", "error: harbour/boat has no take",
    ]  # fmt: skip


def test_a_short_name_within_a_word_names_nothing() -> None:
    assert told(Finding("x", "gain: 'six dB' is no number", about="x")) == ["error: x: gain: 'six dB' is no number"]


def test_a_finding_about_a_file_has_no_line() -> None:
    finding = Finding("x", "it is a text, not media", place=Place("takes/s/a/t01.mp4"))
    assert told(finding) == ["takes/s/a/t01.mp4: error: it is a text, not media"]


def test_counts_are_words() -> None:
    assert count_line([]) == "nothing wrong"
    assert count_line([at(1), at(2), at(3, severity=Severity.NOTE)]) == "2 errors, 1 note"


@given(st.text())
def test_plain_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert all(char in "\n\t\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} for char in shown)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_columns_of_plain_letters_are_their_number(text: str) -> None:
    assert columns_of(text) == len(text)

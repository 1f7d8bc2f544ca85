"""Folders of downloads against the shots of a film: none goes to a wrong shot, what is unsure is asked."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from downloads import LISTINGS, Fate, Listing

from filmkit.load.film import storyboard_from
from filmkit.load.reader import read_tree
from filmkit.load.shot_words import slate_of
from filmkit.plan.download_names import read_name
from filmkit.plan.likeness import Clue, Slate, Verdict


def slate(listing: Listing) -> Slate:
    board, findings = storyboard_from(read_tree(listing.film.encode(), "storyboard.yaml"))
    assert board is not None, findings
    return slate_of(board)


def judged(shots: Slate, path: str) -> tuple[Fate, Verdict]:
    """What becomes of a file of which only the path is known."""
    pure = PurePosixPath(path)
    says = read_name(pure.name)
    if says.is_stranger:
        return Fate.LEAVE, Verdict()
    verdict = shots.verdict(Clue(pure.parts[:-1], says.whole, says.label, says.is_numbered, says.beginnings,
                                 seed=says.seed))  # fmt: skip
    if verdict.sure is not None:
        return Fate.SURE, verdict
    return Fate.ASK if verdict.matches else Fate.BLANK, verdict


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_no_file_goes_to_a_wrong_shot_and_what_is_unsure_is_asked(listing: Listing) -> None:
    shots = slate(listing)
    for path, (shot, fate) in listing.files.items():
        found, verdict = judged(shots, path)
        told = [(match.shot, match.points, match.reasons) for match in verdict.matches]
        assert found == fate, (path, told)
        if found is Fate.SURE:
            assert verdict.matches[0].shot == shot, (path, told)
        elif shot:
            assert shot in [match.shot for match in verdict.matches[:3]], (path, told)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_file_of_another_film_goes_to_no_shot_of_this_one(listing: Listing) -> None:
    """The film without the very shot that a file was made for, and films that have nothing to do with it."""
    shots = slate(listing)
    others = [slate(other) for other in LISTINGS if other.film != listing.film]
    for path, (shot, _) in listing.files.items():
        without = Slate.of([words for words in shots.shots if words.name != shot])
        for film in ([without] if shot else []) + others:
            _, verdict = judged(film, path)
            assert verdict.sure is None, (path, verdict.sure)


def test_listings_are_ten_and_nothing_in_them_is_without_a_reason() -> None:
    fates = [fate for listing in LISTINGS for _, fate in listing.files.values()]
    assert len(LISTINGS) == 10 and len(fates) == 100
    assert (fates.count(Fate.SURE), fates.count(Fate.ASK), fates.count(Fate.LEAVE)) == (33, 19, 12)
    for listing in LISTINGS:
        shots = slate(listing)
        for path in listing.files:
            assert all(match.reasons for match in judged(shots, path)[1].matches)

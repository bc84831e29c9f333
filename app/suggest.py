"""The known names that are most like a wrong one."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

ALIKE = 60
"""From here on, of 100, two names, or a quote and a passage, count as alike."""


def closest(wrong: str, known: Iterable[str], limit: int = 3, alike: int = ALIKE) -> list[str]:
    """At most `limit` known names, the most similar first; none where nothing is alike."""
    # Equal scores are told apart by the name, so that the same request always gets the same answer.
    matches = process.extract(wrong, sorted(known), scorer=fuzz.ratio, score_cutoff=alike, limit=limit)
    return [name for name, _, _ in matches]

"""How many questions are too many, and what is said then."""

from __future__ import annotations

import pytest

from bot.domain.quota import Quota

END = "is the most: wait for one to end, or cancel one (/vpccidr runs lists them)."


@pytest.mark.parametrize(
    ("per_user", "per_channel", "user_active", "channel_active", "expected"),
    [
        (10, 100, 9, 99, ""),
        (10, 100, 10, 10, f"You have 10 questions under way, and 10 {END}"),
        (10, 100, 12, 99, f"You have 12 questions under way, and 10 {END}"),
        (1, 100, 1, 1, f"You have 1 question under way, and 1 {END}"),
        (10, 1000, 9, 1000, f"This channel has 1,000 questions under way, and 1,000 {END}"),
        (10, 100, 10, 100, f"You have 10 questions under way, and 10 {END}"),
        (0, 100, 5000, 99, ""),
        (0, 2, 2, 2, f"This channel has 2 questions under way, and 2 {END}"),
        (10, 0, 0, 5000, ""),
        (0, 0, 5000, 5000, ""),
    ],
)
def test_one_more(
    per_user: int, per_channel: int, user_active: int, channel_active: int, expected: str
) -> None:
    assert Quota(per_user, per_channel).refuse(user_active, channel_active) == expected

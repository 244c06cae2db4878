"""A picture that fails is left out, and nothing else is."""

import errno
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.domain.cidr import Block
from bot.errors import SlackError, StoreError
from bot.render.pictures import Picture
from bot.services.csv_delivery import send_pictures
from bot.services.pictures import Gallery
from bot.services.ports import Reservation
from bot.services.registry import Registry
from tests.render.test_messages import build_answer
from tests.services.test_driver import Blocks, Channel, Expansions

ROW = (None, "10.0.0.5", "10.1.0.9", 443, 6, "ACCEPT", 1, 1, 10, 5, 5, None, None)
PICTURE = Picture("a.png", "A", "a picture", b"\x89PNG")


class LostBlocks(Blocks):
    """A registry's store that cannot be reached."""

    def list_networks(self) -> dict[str, tuple[Block, ...]]:
        raise StoreError("The store is gone.")


def open_gallery(blocks: Blocks | None = None, *, is_chart_refused: bool = False) -> Gallery:
    answer = build_answer(3)
    registry = Registry(blocks or Blocks(), Expansions())
    return Gallery(answer, registry, is_chart_refused=is_chart_refused)


def names_of(gallery: Gallery) -> list[str]:
    return [draw().name.partition("_")[0] for draw in gallery.list_pictures()]


def test_peering_has_its_networks_and_a_refused_chart() -> None:
    for is_refused, names in ((False, ["networks"]), (True, ["networks", "chart"])):
        gallery = open_gallery(is_chart_refused=is_refused)
        assert list(gallery.watch([ROW])) == [ROW]
        assert names_of(gallery) == names


def test_store_that_is_gone_costs_the_picture_alone(caplog: pytest.LogCaptureFixture) -> None:
    gallery = open_gallery(LostBlocks())
    assert list(gallery.watch([ROW, ROW])) == [ROW, ROW]
    assert gallery.list_pictures() == []
    assert "the networks cannot be drawn" in caplog.text


def test_row_that_cannot_be_summed_up_costs_the_picture_alone(caplog: pytest.LogCaptureFixture) -> None:
    gallery = open_gallery()
    rows: list[Any] = [ROW, (), ROW]
    assert list(gallery.watch(rows)) == rows
    assert gallery.list_pictures() == []
    assert caplog.text.count("the networks cannot be drawn") == 1


def test_pictures_that_fail_leave_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Picture:
        raise OSError(errno.ENOSPC, "no space left")

    sent = send_pictures(Channel(), [fail, lambda: PICTURE, fail])
    assert [file.name for file in sent] == ["A"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


def test_picture_that_slack_has_no_time_for_is_left_out() -> None:
    """The CSV is not to wait for it."""

    class Busy(Channel):
        def send_file(self, reservation: Reservation, file: Path) -> None:
            assert file.read_bytes() == PICTURE.png
            raise SlackError("upload_503", is_passing=True)

    assert send_pictures(Busy(), [lambda: PICTURE]) == ()

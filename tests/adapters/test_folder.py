"""Expansions in a folder: whole or not there."""

from pathlib import Path

import pytest

from bot.adapters import folder as folder_module
from bot.adapters.folder import ExpansionFolder, write_whole
from bot.domain.cidr import Block, count_expansion_bytes
from bot.errors import StoreError
from tests.adapters.logs import block

BLOCK = block("198.51.100.0/30")
TEXT = "".join(f"198.51.100.0/30,198.51.100.{n}\n" for n in range(4))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "new" / "expansions"


@pytest.fixture
def folder(place: Path) -> ExpansionFolder:
    """The expansions in it."""
    return ExpansionFolder(place)


def test_write(folder: ExpansionFolder, place: Path) -> None:
    """The folder is made with the first block, and holds nothing but it."""
    assert not folder.has(BLOCK)
    folder.write(BLOCK)
    assert folder.has(BLOCK)
    path = place / "198_51_100_0_30.csv"
    assert path.read_text() == TEXT
    assert list(path.parent.iterdir()) == [path]


def test_write_again(folder: ExpansionFolder, place: Path) -> None:
    """What was damaged is mended, and what was whole stays so."""
    folder.write(BLOCK)
    (place / BLOCK.expansion_name).write_text("damaged")
    folder.write(BLOCK)
    folder.write(BLOCK)
    assert (place / BLOCK.expansion_name).read_text() == TEXT


@pytest.mark.parametrize(
    "text",
    ["", TEXT[:-1], TEXT + "x", TEXT.replace("100.3", "100.4"), TEXT.replace("/30", "/31"), "x" * len(TEXT)],
    ids=["empty", "cut", "longer", "another address", "another label", "another text"],
)
def test_damaged_expansion_is_none(text: str, folder: ExpansionFolder, place: Path) -> None:
    """A file of the right size is not enough: one wrong address hides traffic."""
    folder.write(BLOCK)
    (place / BLOCK.expansion_name).write_text(text)
    assert not folder.has(BLOCK)


def test_folder_in_the_place_of_a_file(folder: ExpansionFolder, place: Path) -> None:
    (place / BLOCK.expansion_name).mkdir(parents=True)
    assert not folder.has(BLOCK)
    with pytest.raises(StoreError):
        folder.write(BLOCK)


@pytest.mark.parametrize("text", ["10.0.0.0/16", "198.51.100.255/32", "192.0.2.128/25"])
def test_blocks_of_all_sizes(text: str, folder: ExpansionFolder, place: Path) -> None:
    folder.write(block(text))
    assert (place / block(text).expansion_name).stat().st_size == count_expansion_bytes(block(text))


def test_remove(folder: ExpansionFolder) -> None:
    """Removing what is not there is no error."""
    folder.remove(BLOCK)
    folder.write(BLOCK)
    folder.remove(BLOCK)
    assert not folder.has(BLOCK)


def test_writing_that_breaks_off_leaves_nothing(
    folder: ExpansionFolder, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a half file under the block's name nor one beside it."""

    def break_off(_: Block) -> object:
        yield b"198.51.100.0/30,198.51.100.0\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "expand", break_off)
    with pytest.raises(StoreError) as failed:
        folder.write(BLOCK)
    expected = f"198.51.100.0/30 could not be expanded to {place}: No space left on device."
    assert str(failed.value) == expected
    assert list(place.iterdir()) == []


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    """A file stands where the folder should be: told as an error of the operator's, not as a bug."""
    (tmp_path / "file").write_text("")
    folder = ExpansionFolder(tmp_path / "file")
    assert not folder.has(BLOCK)
    with pytest.raises(StoreError, match="File exists"):
        folder.write(BLOCK)
    with pytest.raises(StoreError, match="Not a directory"):
        folder.remove(BLOCK)


def test_expansion_that_cannot_be_read(folder: ExpansionFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails says neither yes nor no."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(StoreError) as failed:
        folder.has(BLOCK)
    assert str(failed.value) == "The expansion of 198.51.100.0/30 could not be read: Input/output error."


def test_write_to_a_path(tmp_path: Path) -> None:
    """What the terminal's `expand -o` does."""
    write_whole(BLOCK, tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_text() == TEXT

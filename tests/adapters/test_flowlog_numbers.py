"""Numbers stand for texts: the same one for the same text throughout, and none for none."""

from random import Random

import pyarrow as pa

from bot.adapters.flowlog_numbers import number_texts

TEXTS = pa.dictionary(pa.int32(), pa.string())


def test_numbers_tell_apart_what_the_texts_tell_apart() -> None:
    """Each batch has a dictionary of its own."""
    rng = Random(7)  # noqa: S311  repeatable, not secret
    drawn = [[rng.choice(["eni-a", "eni-b", "eni-c", "", None]) for _ in range(50)] for _ in range(8)]
    schema = pa.schema([("bytes", pa.int64()), ("interface_id", TEXTS)])
    batches = [
        pa.record_batch([pa.array(range(50)), pa.array(texts).dictionary_encode()], schema=schema)
        for texts in drawn
    ]
    numbered = number_texts(pa.RecordBatchReader.from_batches(schema, batches), "interface_id").read_all()
    assert numbered.column("bytes").to_pylist() == [*range(50)] * 8
    numbers = numbered.column("interface_id").to_pylist()
    pairs = set(zip((text for texts in drawn for text in texts), numbers, strict=True))
    assert pairs == {(text, number) for text, number in pairs if (text is None) == (number is None)}
    assert len(pairs) == len({number for _, number in pairs}) == len({text for text, _ in pairs}) == 5

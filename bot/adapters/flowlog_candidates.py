"""Which records a question can be about, told by a glance at their addresses.

Every scenario asks for an end in the blocks asked about, so a record whose two addresses differ in whole
octets from all of theirs matches nothing: only its status counts, for coverage. Such records are counted,
and one of each kind stands for all in the scan; its coverage gets the others' number afterwards, and that of
the witnesses among them. The glance decides nothing else: whether a record that passes it matches, the
statement says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from pyarrow import compute as pc

from bot.adapters.flowlog_addresses import cover, lie_in, spell_addresses
from bot.adapters.flowlog_layout import LogFile
from bot.adapters.flowlog_values import ADDRESSES, build_stream_schema, encode, find_text
from bot.adapters.flowlog_witnesses import WITNESSES, Sought, count_witnesses
from bot.domain.cidr import Block
from bot.domain.flowlog import PARTITIONS

_KIND = (*PARTITIONS, "log_status")
_RECORDS = "records"
_MANY_COVERS = 8
_LARGE_SHARE = 0.5
"""Where more of a batch's records than that are candidates, leaving the others out saves nothing."""


Others = Counter[tuple[str | None, ...]]
"""How many records of each account, region, day and log-status were left out of a scan, by these and the name
of the result's column that counts such records: all of them, or the witnesses."""


class Candidates:
    """Takes batches of the `wanted` fields and gives those records that can match, with their partitions.

    Without blocks to look for, all of them can.
    """

    def __init__(self, wanted: Sequence[str], sought: Sought) -> None:
        self._covers = list_covers(sought.asked)
        self._sought = sought
        self._schema = build_stream_schema((*wanted, *PARTITIONS))
        self._others: Others = Counter()

    def take(self, batch: pa.RecordBatch, file: LogFile) -> Iterator[pa.RecordBatch]:
        """The batch's candidates, as the statement reads them: at most one batch."""
        mask = self._look(batch)
        found = batch.num_rows if mask is None else pc.sum(mask).as_py() or 0
        if mask is not None and found <= batch.num_rows * _LARGE_SHARE:
            candidates = batch.filter(mask)
            self._count_others(batch, candidates, _name_partition(file))
            self._count_witnesses(batch, pc.invert(mask), _name_partition(file))
            batch = candidates
        if batch.num_rows:
            yield self._complete(batch, file)

    def close(self) -> tuple[pa.RecordBatch, Others]:
        """One record of each kind that was left out, with its kind alone; and how many more there were."""
        kinds = [kind for *kind, column in self._others if column == _RECORDS]
        names = [dict(zip(_KIND, kind, strict=True)) for kind in kinds]
        ones = Counter((*kind, column) for kind in kinds for column in self._name_columns(kind))
        return pa.RecordBatch.from_pylist(names, schema=self._schema), self._others - ones

    def _look(self, batch: pa.RecordBatch) -> pa.BooleanArray | None:
        if not self._covers:
            return None
        return pc.or_(*(lie_in(batch.column(end), self._covers) for end in ADDRESSES))

    def _count_others(
        self, batch: pa.RecordBatch, candidates: pa.RecordBatch, partition: tuple[str, ...]
    ) -> None:
        others = _count_statuses(batch)
        others.subtract(_count_statuses(candidates))
        self._others += Counter({(*partition, status, _RECORDS): count for status, count in others.items()})

    def _count_witnesses(
        self, batch: pa.RecordBatch, left_out: pa.BooleanArray, partition: tuple[str, ...]
    ) -> None:
        counts = count_witnesses(batch, left_out, self._sought)
        self._others += Counter({(*partition, "OK", column): count for column, count in counts.items()})

    def _name_columns(self, kind: Sequence[str | None]) -> tuple[str, ...]:
        """The columns in which the statement counts a record that has nothing but its kind."""
        is_witness = self._sought.every_record and kind[-1] == "OK"
        return (_RECORDS, WITNESSES[0]) if is_witness else (_RECORDS,)

    def _complete(self, batch: pa.RecordBatch, file: LogFile) -> pa.RecordBatch:
        fields = zip(batch.columns, self._schema, strict=False)  # the partitions are not in the batch
        columns = [
            encode(spell_addresses(values) if field.name in ADDRESSES else values, field.type)
            for values, field in fields
        ]
        types = self._schema.types[len(columns) :]
        partition = zip(_name_partition(file), types, strict=True)
        columns += [_repeat(value, type_, batch.num_rows) for value, type_ in partition]
        return pa.RecordBatch.from_arrays(columns, schema=self._schema)


def add_others(rows: Iterable[pa.RecordBatch], others: Others) -> Iterator[pa.RecordBatch]:
    """A scan's result, with the records that were left out of the scan counted in its coverage."""
    for batch in rows:
        is_coverage = pc.is_valid(batch.column(_RECORDS))  # of whichever window
        yield _add_where(is_coverage, batch, others) if pc.any(is_coverage).as_py() else batch


def _add_where(is_coverage: pa.BooleanArray, batch: pa.RecordBatch, others: Others) -> pa.RecordBatch:
    coverage = batch.filter(is_coverage)
    kinds = list(zip(*(coverage.column(name).to_pylist() for name in _KIND), strict=True))
    for column in {_RECORDS, *WITNESSES} & {*batch.schema.names}:
        field, counted = batch.schema.field(column), coverage.column(column)
        sums = pc.add(counted, pa.array([others.get((*kind, column), 0) for kind in kinds], field.type))
        changed = pc.replace_with_mask(batch.column(column), is_coverage, sums)
        batch = batch.set_column(batch.schema.get_field_index(column), field, changed)
    return batch


def list_covers(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks of whole octets that hold all of the blocks: at most eight, or none where it takes more.

    Whole octets are told by a text's first characters, too. Of many blocks, fewer octets are looked at.
    """
    for octets in (3, 2, 1):
        covers = {cover(block, octets) for block in blocks}
        if len(covers) <= _MANY_COVERS and all(each.prefix for each in covers):
            return tuple(sorted(covers))
    return ()


def _count_statuses(batch: pa.RecordBatch) -> Counter[str | None]:
    statuses = batch.column("log_status")
    if isinstance(
        statuses, pa.DictionaryArray
    ):  # of few texts: to look for each takes less than to tell all apart
        counts = {
            text: pc.sum(find_text(statuses, text)).as_py() or 0
            for text in {*statuses.dictionary.to_pylist()}
        }
        return Counter(counts | {None: statuses.null_count})
    return Counter({each["values"]: each["counts"] for each in pc.value_counts(statuses).to_pylist()})


def _name_partition(file: LogFile) -> tuple[str, ...]:
    return file.aws_account_id, file.aws_region, f"{file.day:%Y/%m/%d}"


def _repeat(value: str | None, type_: pa.DataType, rows: int) -> pa.Array:
    """A column of one value; of texts, only one is kept."""
    if value is None:
        return pa.nulls(rows, type_)
    if not pa.types.is_dictionary(type_):
        return pa.repeat(pa.scalar(value, type_), rows)
    zeros = pa.repeat(pa.scalar(0, type_.index_type), rows)
    return pa.DictionaryArray.from_arrays(zeros, pa.array([value], type_.value_type))

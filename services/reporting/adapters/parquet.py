"""Rows as Parquet, by the extra `requirements/parquet.in`: texts, and moments that know their zone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as arrow
from pyarrow import compute, parquet

from services.reporting.adapters.columns import Rows, Value, Write, is_moment
from services.reporting.domain.period import SHANGHAI

MOMENT = arrow.timestamp("us", SHANGHAI.key)
# Readers skip whole groups by what their columns span: small ones cost space, large ones memory while they are written.
GROUP_ROWS = 50_000


@contextmanager
def parquet_table(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    """A file of these columns to write rows to."""
    schema = arrow.schema([(each, MOMENT if is_moment(each) else arrow.string()) for each in columns])
    waiting: list[Any] = []
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:

        def write(rows: Rows) -> None:
            arrays = [_array(name, values) for name, values in zip(columns, zip(*rows, strict=True), strict=True)]
            waiting.append(arrow.record_batch(arrays, schema=schema))
            if sum(batch.num_rows for batch in waiting) >= GROUP_ROWS:
                _write_group()

        def _write_group() -> None:
            writer.write_table(arrow.Table.from_batches(waiting, schema), row_group_size=2 * GROUP_ROWS)
            waiting.clear()

        yield write
        if waiting:
            _write_group()


def _array(column: str, values: Sequence[Value]) -> Any:
    if not is_moment(column):
        return arrow.array(values, arrow.string())
    return compute.assume_timezone(arrow.array(values, arrow.timestamp("us")), timezone=SHANGHAI.key)

"""What this machine holds: free space and backups, looked at whenever somebody asks for the metrics."""

import math
import shutil
from functools import partial
from pathlib import Path

from shared.kernel import metrics

# Written beside under another name and moved: what has this ending is whole. One of no bytes was begun by hand and
# refused, as an older pg_dump is by a newer database.
WHOLE = "*.dump"


def watch(data_dir: Path, backups_dir: Path | None) -> None:
    """Have the disk and the newest backup told with every look at the metrics."""
    metrics.DISK_FREE.set_function(lambda: free_and_size(data_dir)[0])
    metrics.DISK_SIZE.set_function(lambda: free_and_size(data_dir)[1])
    if backups_dir is not None:
        metrics.BACKUP_FINISHED.labels(kind="dump").set_function(partial(newest_backup_at, backups_dir))


def free_and_size(directory: Path) -> tuple[float, float]:
    """Bytes; not a number where the directory is not there, since the other metrics must be told all the same."""
    try:
        usage = shutil.disk_usage(directory)
    except OSError:
        return math.nan, math.nan
    return float(usage.free), float(usage.total)


def newest_backup_at(directory: Path) -> float:
    """When the newest dump was finished, in seconds since 1970; 0 where none is there, which is as good as very old."""
    finished = 0.0
    for file in directory.glob(WHOLE):
        try:
            held = file.stat()
        except OSError:
            # It was tidied away meanwhile.
            continue
        if held.st_size > 0:
            finished = max(finished, held.st_mtime)
    return finished

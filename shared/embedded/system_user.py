"""The unprivileged user that PostgreSQL needs when we run as root, and its way to the files."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

USER = "yima-postgres"
# Present on every Linux; used where no user can be added.
LAST_RESORT = "nobody"
_FOR_ALL_TO_PASS = stat.S_IXOTH
_FOR_ALL_TO_READ = stat.S_IROTH


def unprivileged_user() -> str | None:
    """Nobody but ourselves as an ordinary user; as root the user to run PostgreSQL as, added when it is missing."""
    if os.geteuid() != 0:
        return None
    if _exists(USER) or _added(USER):
        return USER
    return LAST_RESORT


def open_way(target: Path) -> list[Path]:
    """Lets every user pass (not list) the directories above the target; says which ones were closed before."""
    closed = [parent for parent in target.parents if not parent.stat().st_mode & _FOR_ALL_TO_PASS]
    for directory in closed:
        directory.chmod(directory.stat().st_mode | _FOR_ALL_TO_PASS)
    return closed


def open_tree(root: Path) -> None:
    """Lets every user read and run installed programs, which a strict umask may have kept from them."""
    if root.stat().st_mode & _FOR_ALL_TO_PASS:
        return
    for found in (root, *root.rglob("*")):
        mode = found.stat().st_mode
        runs = found.is_dir() or mode & stat.S_IXUSR
        found.chmod(mode | _FOR_ALL_TO_READ | (_FOR_ALL_TO_PASS if runs else 0))


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _added(name: str) -> bool:
    useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if useradd is None:
        return False
    added = subprocess.run(  # noqa: S603 - a fixed command line
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        capture_output=True,
        check=False,
    )
    return added.returncode == 0 or _exists(name)

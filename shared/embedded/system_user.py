"""The unprivileged user that PostgreSQL needs when we run as root, and its way to the files."""

import os
import pwd
import shutil
import stat
import struct
import subprocess
from pathlib import Path

USER = "yima-postgres"
# Present on every Linux; used where no user can be added.
LAST_RESORT = "nobody"
_ACCESS_LIST = "system.posix_acl_access"
_NAMED_USER = 0x02
_NOBODY_NAMED = 0xFFFFFFFF
_PASS = 1
_FOR_ALL_TO_PASS = stat.S_IXOTH
_FOR_ALL_TO_READ = stat.S_IROTH


def unprivileged_user() -> str | None:
    """Nobody but ourselves as an ordinary user; as root the user to run PostgreSQL as, added when it is missing."""
    if os.geteuid() != 0:
        return None
    if _exists(USER) or _added(USER):
        return USER
    return LAST_RESORT


def open_way(target: Path, user: str) -> list[Path]:
    """Lets the user pass (not list) the directories above the target; says which ones were closed to it before."""
    uid = pwd.getpwnam(user).pw_uid
    closed = [parent for parent in target.parents if not _may_pass(parent, uid)]
    for directory in closed:
        _let_pass(directory, uid)
    return closed


def _may_pass(directory: Path, uid: int) -> bool:
    return bool(directory.stat().st_mode & _FOR_ALL_TO_PASS) or uid in _admitted(directory)


def _let_pass(directory: Path, uid: int) -> None:
    """Admits one user by an access list; where the file system has none, everybody may pass."""
    mode = directory.stat().st_mode
    admitted = {**_admitted(directory), uid: _PASS}
    try:
        os.setxattr(directory, _ACCESS_LIST, _encoded(mode, admitted))
    except OSError:
        directory.chmod(mode | _FOR_ALL_TO_PASS)


def _admitted(directory: Path) -> dict[int, int]:
    """Which users the directory's access list names, and what each may do."""
    try:
        encoded = os.getxattr(directory, _ACCESS_LIST)
    except OSError:
        return {}
    entries = struct.iter_unpack("<HHI", encoded[4:])
    return {uid: permissions for tag, permissions, uid in entries if tag == _NAMED_USER}


def _encoded(mode: int, admitted: dict[int, int]) -> bytes:
    """The kernel's own form: a version, then owner, named users, group, mask and others in this order."""
    group = (mode >> 3) & 7
    entries = [
        (0x01, (mode >> 6) & 7, _NOBODY_NAMED),
        *((_NAMED_USER, permissions, uid) for uid, permissions in sorted(admitted.items())),
        (0x04, group, _NOBODY_NAMED),
        (0x10, group | _PASS, _NOBODY_NAMED),
        (0x20, mode & 7, _NOBODY_NAMED),
    ]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


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

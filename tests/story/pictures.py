"""Pictures of every page that was acted on, in order, with a page that shows them beside their captions."""

import asyncio
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from playwright.async_api import Page

HEAD = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>一号一码 · 两个故事</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 82rem; padding: 0 1rem; }
h1, h2 { line-height: 1.2; }
ol { list-style: none; padding: 0; display: grid; gap: 1.5rem; }
ol { grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); }
li { background: #fff; border: 1px solid #ddd; border-radius: 8px; padding: 1rem; }
img { width: 100%; max-height: 34rem; object-fit: contain; object-position: top; border: 1px solid #eee; }
.sms { background: #e8f3ea; border-radius: 8px; padding: .75rem; overflow-wrap: anywhere; }
.who { color: #555; font-size: .9rem; }
</style>
"""


@dataclass(slots=True)
class Pictures:
    """Where they are kept. Full height, as somebody would scroll through."""

    folder: Path
    _entries: list[str] = field(default_factory=list)
    _count: int = 0
    _is_listed: bool = False

    async def begin(self, title: str) -> None:
        """The pictures of one story."""
        self._entries.append(f"{'</ol>' if self._is_listed else ''}<h2>{escape(title)}</h2><ol>")
        self._is_listed = True

    async def keep(self, person: str, page: Page, told: str) -> None:
        """The page as it is now."""
        self._count += 1
        name = f"{self._count:03}-{person}.png"
        await page.screenshot(path=self.folder / name, full_page=True)
        shown = f'<a href="{name}"><img src="{name}" alt="{escape(told)}" loading="lazy"></a>'
        self._add(person, told, shown)

    async def keep_message(self, person: str, text: str) -> None:
        """What came to the phone."""
        self._add(person, "短信", f'<p class="sms">{escape(text)}</p>')

    def _add(self, person: str, told: str, shown: str) -> None:
        self._entries.append(
            f'<li><p><b>{escape(told)}</b><br><span class="who">{escape(person)}</span></p>{shown}</li>'
        )

    async def finish(self) -> Path:
        """The page that shows them all; its address."""
        index = self.folder / "index.html"
        await asyncio.to_thread(index.write_text, "\n".join([HEAD, *self._entries, "</ol>", ""]), "utf-8")
        return index

"""The story at the pages: each person has a phone of their own, and presses what the page offers, by what it says."""

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from playwright.async_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from tests.browser.weights import Weight, weigh
from tests.scenarios.test_in_a_browser import listen
from tests.scenarios.town import OWN_PASSWORD, Town
from tests.story.hands import THUMB, Hands, Keys
from tests.story.inspecting import Inspection, kind_of
from tests.story.ledger import PHONES
from tests.story.pictures import Pictures
from tests.story.stage import Scene
from tests.story.steps import RESIDENT, Acts, By, Looks, Opens, Passes, Rates, Reports, Waits

PHONE = {"width": 390, "height": 844}
UNITS = {
    "chunhe-committee": "春和居委会",
    "xinhe-grid": "新禾第一综合网格工作站",
    "xinhe-police": "新禾派出所",
    "xinhe-traffic-police": "交警四中队",
    "xinhe-emergency": "新禾镇城运中心应急办",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """What an act's form says: its head, what its words are asked with, and its button."""

    head: str
    send: str
    words: str = ""
    units: str = ""
    unit: str = ""
    photos: str = ""


FORMS: Mapping[str, Labels] = {
    "accept": Labels("接单", "接单"),
    "whistle": Labels("吹哨", "吹哨", words="请他们做什么？", units="呼叫哪些单位？"),
    "report-in": Labels("报到", "我们到了"),
    "confer": Labels(
        "会商纪要", "保存纪要", words="商定了什么？谁来办、何时办？", units="哪些单位到会？", photos="照片"
    ),
    "entrust": Labels("交办", "交办", words="交办说明", unit="哪个单位？"),
    "task-done": Labels("任务完成", "提交任务完成", words="做了什么？", photos="现场照片"),
    "note": Labels("加备注", "保存备注", words="备注内容", photos="照片"),
    "resolve": Labels("处置完成", "提交，等待核查", words="做了什么？", photos="现场照片"),
    "verify-pass": Labels("核查通过", "确认已经解决", words="看到了什么？"),
    "close": Labels("结单", "结单"),
    "follow-up": Labels("安排回头看", "安排回头看", words="要做什么，问题才不会反复？", unit="谁来做？"),
    "follow-up-done": Labels("回头看完成", "已完成", words="看到什么，做了什么？", photos="现场照片"),
}
WITHOUT_A_MOUSE = ("committee-lead-1", "committee-member-1", "property-post-1")
# In a page's whole length the bar under the thumb would lie over what is behind it, where one scrolls it free; and
# photos further down come only when one gets there.
UNROLL = """async () => {
  for (const bar of document.querySelectorAll(".thumb-bar")) bar.style.position = "static";
  const photos = [...document.querySelectorAll("img[loading=lazy]")];
  for (const photo of photos) photo.loading = "eager";
  await Promise.all(photos.map((photo) => photo.decode().catch(() => null)));
}"""
ROLL = """() => {
  for (const bar of document.querySelectorAll(".thumb-bar")) bar.style.position = "";
}"""
TABS = ("我的办件", "本单位", "辖区在办", "已结单")


@dataclass(slots=True)
class Phones:
    """Whoever acts, on their own phone. Nothing is reached but by what a sticker, a message or a page offers.

    Some use the keyboard alone, for all that they do.
    """

    town: Town
    browser: Browser
    pictures: Pictures
    closing: AsyncExitStack
    inspection: Inspection = field(default_factory=Inspection)
    keys: Keys = field(default_factory=Keys)
    complaints: dict[str, list[str]] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)
    _seen: dict[str, tuple[BrowserContext, str]] = field(default_factory=dict)

    async def waits(self, _scene: Scene, step: Waits) -> None:
        await self._keep(step.person, await self._at_desk(step.person), step.told)

    async def reports(self, _scene: Scene, step: Reports) -> str:
        """The sticker holds the place's address; the rest is pressed."""
        page = await self._phone_of(RESIDENT)
        await page.goto(f"{self.town.platform.origin}/r/{step.place}")
        await self._keep(RESIDENT, page, f"{step.told} · 扫码后")
        await page.get_by_label("出了什么事？").fill(step.words)
        await page.locator("input[type=file]").set_input_files(_picture(step.photo))
        await page.get_by_label("手机号").fill(step.phone)
        await page.locator("label", has_text=step.category).click()
        await self._keep(RESIDENT, page, f"{step.told} · 填好了")
        await page.get_by_role("button", name="提交").click()
        await page.locator(".receipt-number").wait_for()
        await self._keep(RESIDENT, page, f"{step.told} · 收到编号")
        await page.get_by_role("link", name="查看进展").click()
        await page.wait_for_url("**/t/*")
        return page.url.removeprefix(self.town.platform.origin)

    async def opens(self, scene: Scene, step: Opens) -> None:
        if step.by is By.MESSAGE:
            await self._by_message(scene, step)
        else:
            await self._by_inbox(scene, step)
        page = self._pages[step.person]
        await expect(page.locator(".case-words")).to_have_text(scene.story.report.words)
        await self._keep(step.person, page, f"{step.told} · 办件")

    async def looks(self, scene: Scene, step: Looks) -> None:
        page = await self._at_case(scene, step.person)
        await expect(page.locator(".case-matter")).to_contain_text(step.sees)
        await expect(self._form(page, FORMS[step.not_yet])).to_have_count(0)
        await self._keep(step.person, page, step.told)

    async def acts(self, scene: Scene, step: Acts) -> None:
        page = await self._at_case(scene, step.person)
        if step.act == "contact":
            await page.get_by_role("button", name="显示联系方式").click()
            await page.locator(".call").wait_for()
        else:
            form = await self._opened(step.person, page, FORMS[step.act])
            await self._fill(form, step)
            if step.words:
                await self._keep(step.person, page, f"{step.told} · 提交前")
            async with page.expect_navigation():
                send = form.get_by_role("button", name=FORMS[step.act].send, exact=True)
                await self._hands_of(step.person).press(send)
        refused = await page.locator(".fault-summary, .notice-danger").all_inner_texts()
        assert not refused, f"{step.act}: {page.url} {refused}"
        await self._keep(step.person, page, step.told)

    async def passes(self, scene: Scene, step: Passes) -> None:
        """A night later nobody is signed in any more; whoever opens their phone signs in again."""

    async def rates(self, scene: Scene, step: Rates) -> None:
        told = await self.town.message_to(scene.case, "reporter", "case_closed")
        page = await self._phone_of(RESIDENT)
        await self.pictures.keep_message(RESIDENT, told.text)
        await page.goto(told.link)
        while not await page.get_by_label(step.rating, exact=True).count():
            await page.reload()
        await self._keep(RESIDENT, page, f"{step.told} · 点开短信")
        await page.locator("label", has_text=re.compile(f"^\\s*{step.rating}\\s*$")).click()
        await page.get_by_label("想说的话").fill(step.words)
        await page.get_by_role("button", name="提交评价").click()
        await expect(page.get_by_text("谢谢").first).to_be_visible()
        await self._keep(RESIDENT, page, step.told)

    async def timeline(self, scene: Scene, person: str) -> list[str]:
        """As the case's page tells it."""
        page = await self._at_case(scene, person)
        earlier = page.locator(".earlier > summary")
        if await earlier.count():
            await self._hands_of(person).press(earlier)
        await self._keep(person, page, f"{scene.story.title} · 时间线")
        entries = await page.locator("ol.timeline > li").all()
        return [" · ".join(line for line in (await each.inner_text()).splitlines() if line.strip()) for each in entries]

    async def _by_message(self, scene: Scene, step: Opens) -> None:
        messages = [each for each in await self.town.messages(scene.case) if each.to == PHONES[step.person]]
        page = await self._phone_of(step.person)
        await self.pictures.keep_message(step.person, messages[-1].text)
        await page.goto(messages[-1].link)
        await self._come_in(step.person, page)

    async def _by_inbox(self, scene: Scene, step: Opens) -> None:
        """What is new is offered at the open list's head; the list itself has not moved."""
        waited = step.person in self._pages and "/desk/cases/" not in self._pages[step.person].url
        page = await self._at_desk(step.person)
        if waited:
            await page.locator(".live-show").wait_for()
            await self._keep(step.person, page, f"{step.told} · 列表上方提示有变化")
            await page.locator(".live-show").click()
            await page.locator(".live-show").wait_for(state="hidden")
        await self._find(scene, step.person, page)

    async def _find(self, scene: Scene, person: str, page: Page) -> None:
        """Tab by tab until the case is there."""
        hands, row = self._hands_of(person), page.get_by_role("link", name=scene.story.report.words)
        for tab in TABS:
            if await row.count():
                break
            offered = page.get_by_role("link", name=re.compile(f"^{tab}"))
            if await offered.count():
                await hands.press(offered.first)
                await page.wait_for_load_state()
        await self._keep(person, page, f"工作台上的办件列表（{await page.locator('h1').inner_text()}）")
        await hands.press(row.first)
        await page.wait_for_url("**/desk/cases/*")

    async def _at_case(self, scene: Scene, person: str) -> Page:
        """The page may be old: who takes up the phone again looks anew."""
        page = await self._at_desk(person)
        if str(scene.case) not in page.url:
            await self._find(scene, person, page)
        else:
            await page.reload()
            await self._come_in(person, page)
        return page

    async def _opened(self, person: str, page: Page, labels: Labels) -> Locator:
        form = self._form(page, labels)
        await expect(form).to_have_count(1)
        if await form.get_attribute("open") is None:
            await self._hands_of(person).press(form.locator("summary").first)
        return form

    def _form(self, page: Page, labels: Labels) -> Locator:
        return page.locator("details.action", has=page.locator("summary", has_text=re.compile(f"^{labels.head}$")))

    async def _fill(self, form: Locator, step: Acts) -> None:
        labels = FORMS[step.act]
        for unit in step.units:
            await form.locator("label", has_text=UNITS[unit]).first.click()
        if step.unit:
            await form.get_by_label(labels.unit).select_option(label=UNITS[step.unit])
        if step.follow_up:
            await _choose(form, step.follow_up)
        if step.after_days:
            await form.get_by_label("几天后？").select_option(label=f"{step.after_days} 天后")
            await form.get_by_label("要不要重复？").select_option(label="只做一次")
        await self._write(form, step, labels)

    async def _write(self, form: Locator, step: Acts, labels: Labels) -> None:
        hands = self._hands_of(step.person)
        if step.words:
            await hands.write(form.get_by_label(labels.words), step.words)
        if step.photo:
            await hands.give(form.get_by_label(labels.photos), _picture(step.photo))
        for unit, task in step.own_tasks.items():
            await form.get_by_role("textbox", name=re.compile(UNITS[unit])).fill(task)

    async def _at_desk(self, person: str) -> Page:
        page = await self._phone_of(person)
        if page.url == "about:blank":
            await page.goto(f"{self.town.platform.origin}/desk")
            await self._come_in(person, page)
        return page

    async def _come_in(self, person: str, page: Page) -> None:
        """At the desk's door, if that is where one stands; at the first time with a password to be changed."""
        if "/sign-in" not in page.url:
            return
        hands = self._hands_of(person)
        await hands.write(page.get_by_label("账号"), person)
        await hands.write(page.get_by_label("密码"), self.town.passwords[person])
        await self._keep(person, page, "登录")
        await hands.press(page.get_by_role("button", name="登录"))
        await page.wait_for_url(re.compile("^(?!.*sign-in)"))
        if "first-password" in page.url:
            await hands.write(page.get_by_label("新密码", exact=True), OWN_PASSWORD)
            await hands.write(page.get_by_label("再输入一遍"), OWN_PASSWORD)
            await self._keep(person, page, "第一次登录，改密码")
            await hands.press(page.get_by_role("button", name="保存并进入"))
            await page.wait_for_url(re.compile("^(?!.*first-password)"))
            self.town.passwords[person] = OWN_PASSWORD

    async def _phone_of(self, person: str) -> Page:
        if person not in self._pages:
            context = await self.browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
            self.closing.push_async_callback(context.close)
            page = self._pages[person] = await context.new_page()
            self.complaints[person] = listen(page)
        return self._pages[person]

    async def _keep(self, person: str, page: Page, told: str) -> None:
        await page.evaluate(UNROLL)
        await self.pictures.keep(person, page, told)
        await self.inspection.look(page, told)
        await page.evaluate(ROLL)
        self._seen[kind_of(page.url)] = (page.context, page.url)

    def _hands_of(self, person: str) -> Hands:
        return self.keys if person in WITHOUT_A_MOUSE else THUMB

    async def weights(self) -> list[Weight]:
        """Each page as it was last seen, come to anew by the same person with nothing kept but who they are."""
        found: dict[str, Weight] = {}
        for context, address in self._seen.values():
            state = await context.storage_state()
            anew = await self.browser.new_context(viewport=PHONE, storage_state=state)  # type: ignore[arg-type]
            weight = await weigh(anew, address)
            # Who is past the first password is led on to the inbox.
            kind = kind_of(weight.page)
            found[kind] = replace(weight, page=kind)
            await anew.close()
        return list(found.values())


async def _choose(form: Locator, words: str) -> None:
    """Of several follow-ups the one with these words; a single one is named, and nothing is to be chosen."""
    select = form.get_by_label("哪一项回头看？")
    if not await select.count():
        await expect(form.get_by_text(words)).to_be_visible()
        return
    option = select.locator("option", has_text=words)
    await select.select_option(value=await option.first.get_attribute("value"))


def _picture(photo: bytes) -> FilePayload:
    return FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=photo)

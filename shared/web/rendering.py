"""Pages from templates: one renderer a service, in the reader's language, nothing unescaped."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from shared.kernel import correlation
from shared.web.catalogues import Catalogue, load_catalogues, show_key
from shared.web.language import HTML_LANG, LANGUAGE_COOKIE, LANGUAGES, Language, known_language, language_of
from shared.web.problems import PageProblem
from shared.web.security import csrf_field
from shared.web.static import Assets, shared_assets
from shared.web.wording import Wording, linked, ticket_number

TEMPLATES = Path(__file__).parent / "templates"
ICONS = Path(__file__).parent / "icons"
# Where staff are, who have a list to go back to.
DESK = "/desk"
LANGUAGE_KEPT_SECONDS = 365 * 24 * 3600


class CompiledOnce(BytecodeCache):
    """Templates as this process compiled them, for every language and renderer: compiling takes seconds in all."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja asks for a template's code, and checks that it is of this very text."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja has compiled a template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


class Renderer:
    """Turns a view and a template into a page."""

    def __init__(
        self,
        *,
        template_dirs: Sequence[Path],
        catalogues: Mapping[Language, Catalogue],
        assets: Assets,
        now: Callable[[], datetime],
    ) -> None:
        """Compile nothing yet; read the icons, and bind each language's words to an environment of its own."""
        icons = load_icons()
        self._environments = {
            language: _environment(
                [*template_dirs, TEMPLATES], wording=Wording(catalogue, now), assets=assets, icons=icons
            )
            for language, catalogue in catalogues.items()
        }
        self._catalogues = catalogues

    def render(self, request: Request, name: str, context: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
        """The page; a language chosen on it by `?lang=` is remembered."""
        language = language_of(request)
        response = HTMLResponse(self._body(request, name, context, language), status_code=status)
        if known_language(request.query_params.get("lang")):
            _remember_language(response, request, language)
        return response

    def problem(self, request: Request, problem: PageProblem) -> HTMLResponse:
        """The error page: what happened and what to do; where the fault is ours, with the number to find it by."""
        ours = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        context = {
            "problem": problem,
            "at_desk": request.url.path.startswith(DESK),
            "number": correlation.spoken() if ours else "",
        }
        return self.render(request, "problem.html", context, status=problem.status)

    def say(self, request: Request, key: str, **params: object) -> str:
        """One message in the reader's language, for what is not a template."""
        return self._catalogues[language_of(request)].say(key, **params)

    def _body(self, request: Request, name: str, context: Mapping[str, object], language: Language) -> str:
        return (
            self._environments[language]
            .get_template(name)
            .render(
                **context,
                csrf_field=lambda: csrf_field(request),
                other_languages=[
                    (other, str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")))
                    for other in LANGUAGES
                    if other != language
                ],
            )
        )


def service_renderer(
    domain: str,
    *,
    template_dir: Path,
    now: Callable[[], datetime],
    on_missing: Callable[[str], str] = show_key,
) -> Renderer:
    """A service's renderer: its own templates and words before the shared ones."""
    return Renderer(
        template_dirs=[template_dir],
        catalogues=load_catalogues(domain, on_missing=on_missing),
        assets=shared_assets(),
        now=now,
    )


def load_icons(folder: Path = ICONS) -> dict[str, Markup]:
    """Our own drawings, put inline: no request, and the text's colour."""
    return {path.stem: Markup(path.read_text(encoding="utf-8").strip()) for path in sorted(folder.glob("*.svg"))}  # noqa: S704 - our own files.


def _environment(
    folders: Sequence[Path], *, wording: Wording, assets: Assets, icons: Mapping[str, Markup]
) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
    )
    environment.globals.update(
        _=wording.catalogue.say,
        asset=assets.url,
        icon=icons.__getitem__,
        language=wording.catalogue.language,
        html_lang=HTML_LANG[wording.catalogue.language],
    )
    environment.filters.update(
        local_time=wording.local_time,
        local_day=wording.local_day,
        deadline=wording.deadline,
        pressure=wording.pressure,
        duration=wording.duration,
        lasted=wording.lasted,
        named=wording.named,
        ticket_number=ticket_number,
        linked=linked,
    )
    return environment


def _remember_language(response: HTMLResponse, request: Request, language: Language) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=LANGUAGE_KEPT_SECONDS,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )

"""What we make of a provider's answers: a tiny one on loopback says what a real one must not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.routing.adapters.identity import (
    SIGNED_OUT,
    Attempt,
    ClocksDifferError,
    CodeSpentError,
    IdentityError,
    IdentityProvider,
    LetIn,
    ProviderAwayError,
    SignedOut,
    WrongAnswerError,
)

NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
SECRET = "a secret of thirty-two characters"
# What makes a token that says who was signed out of one that says who signed in.
UNSAID = {"nonce": None, "preferred_username": None}
LOGOUT: dict[str, Any] = {**UNSAID, "jti": "once", "events": {SIGNED_OUT: {}}, "sid": "a browser's"}
ATTEMPT = Attempt(state="state", nonce="nonce", verifier="v" * 64)
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass(slots=True)
class Scripted:
    """A provider that says what the test wants."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signed_by: Any = field(default_factory=lambda: KEY)
    published: list[Any] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    algorithm: str = "RS256"
    discovery: dict[str, Any] = field(default_factory=dict)
    token: Response | None = None
    hangs: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    async def discover(self, _request: Request) -> Response:
        addresses = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        said = {name: f"{self.issuer}{path}" for name, path in addresses.items()}
        return JSONResponse({"issuer": self.issuer} | said | self.discovery)

    async def give(self, request: Request) -> Response:
        self.asked.append(dict((await request.form()).items()))  # type: ignore[arg-type]
        if self.hangs:
            await asyncio.sleep(60)
        return self.token or JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()})

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": self.published})

    def id_token(self) -> str:
        now_s = int(NOW.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "7f1c",
            "aud": "yima",
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": ATTEMPT.nonce,
            "preferred_username": "committee-lead-1",
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.signed_by, algorithms=[self.algorithm])


@dataclass(slots=True)
class Stage:
    """One server for all tests, where each sets its own provider."""

    issuer: str
    provider: Scripted = field(default_factory=Scripted)

    async def answer(self, request: Request) -> Response:
        self.provider.issuer = self.issuer
        answers = {"/token": self.provider.give, "/keys": self.provider.keys}
        return await answers.get(request.url.path, self.provider.discover)(request)

    async def account(self, provider: Scripted, *, timeout_s: float = 30.0) -> str:
        return (await self.let_in(provider, timeout_s=timeout_s)).account

    async def let_in(self, provider: Scripted, *, timeout_s: float = 30.0) -> LetIn:
        self.provider = provider
        return await known_as(self.issuer, timeout_s=timeout_s).let_in(ATTEMPT, "code")

    async def signed_out(self, provider: Scripted, **claims: Any) -> SignedOut:
        self.provider, provider.issuer, provider.claims = provider, self.issuer, LOGOUT | claims
        return await known_as(self.issuer).signed_out(provider.id_token())


@pytest.fixture(scope="module")
async def stage() -> AsyncIterator[Stage]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        at = Stage(f"http://127.0.0.1:{listening.getsockname()[1]}")
        app = Starlette(routes=[Route("/{path:path}", at.answer, methods=["GET", "POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=0))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield at
        server.should_exit = True
        await running


def known_as(issuer: str, *, timeout_s: float = 30.0, now: Callable[[], datetime] = lambda: NOW) -> IdentityProvider:
    return IdentityProvider(
        issuer=issuer,
        client_id="yima",
        client_secret=SECRET,
        scope="openid profile",
        claim="preferred_username",
        redirect_uri="http://yima/desk/sign-in/return",
        timeout_s=timeout_s,
        now=now,
    )


async def test_a_whole_answer_names_the_account_and_the_question_carried_the_proof(stage: Stage) -> None:
    scripted = Scripted()

    account = await stage.account(scripted)

    assert account == "committee-lead-1"
    asked = {"code": "code", "code_verifier": ATTEMPT.verifier, "redirect_uri": "http://yima/desk/sign-in/return"}
    assert scripted.asked == [asked | {"grant_type": "authorization_code"}]


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"nonce": "of another sign-in"}, WrongAnswerError),
        ({"nonce": None}, WrongAnswerError),
        ({"aud": "another application"}, WrongAnswerError),
        ({"aud": ["yima", "another"], "azp": "another"}, WrongAnswerError),
        ({"aud": None}, WrongAnswerError),
        ({"iss": "https://another.example"}, WrongAnswerError),
        ({"exp": None}, WrongAnswerError),
        ({"preferred_username": None}, WrongAnswerError),
        ({"preferred_username": ["committee-lead-1"]}, WrongAnswerError),
        ({"exp": int(NOW.timestamp()) - 61}, ClocksDifferError),
        ({"iat": int(NOW.timestamp()) + 61}, ClocksDifferError),
        ({"nbf": int(NOW.timestamp()) + 61}, ClocksDifferError),
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    stage: Stage, claims: dict[str, Any], error: type[IdentityError]
) -> None:
    with pytest.raises(error):
        await stage.account(Scripted(claims=claims))


async def test_a_sign_in_is_kept_by_the_provider_s_own_names_for_it(stage: Stage) -> None:
    told, untold = await stage.let_in(Scripted(claims={"sid": "a browser's"})), await stage.let_in(Scripted())

    assert (told.subject, told.session, untold.session) == ("7f1c", "a browser's", None)
    with pytest.raises(WrongAnswerError):
        await stage.let_in(Scripted(claims={"sub": None}))


async def test_a_provider_says_whom_it_has_signed_out(stage: Stage) -> None:
    whole, everywhere = await stage.signed_out(Scripted()), await stage.signed_out(Scripted(), sid=None)

    assert (whole, everywhere) == (
        SignedOut(subject="7f1c", session="a browser's"),
        SignedOut(subject="7f1c", session=None),
    )
    assert (await stage.signed_out(Scripted(), sub=None)).subject is None


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        # As browsers have them of a sign-in.
        ({"nonce": ATTEMPT.nonce}, WrongAnswerError),
        ({"events": None}, WrongAnswerError),
        ({"events": {"http://schemas.openid.net/event/other": {}}}, WrongAnswerError),
        ({"events": SIGNED_OUT}, WrongAnswerError),
        ({"jti": None}, WrongAnswerError),
        ({"sub": None, "sid": None}, WrongAnswerError),
        ({"aud": "another application"}, WrongAnswerError),
        ({"iss": "https://another.example"}, WrongAnswerError),
        ({"exp": None}, WrongAnswerError),
        ({"exp": int(NOW.timestamp()) - 61}, ClocksDifferError),
    ],
    ids=str,
)
async def test_what_does_not_say_so_signs_nobody_out(
    stage: Stage, claims: dict[str, Any], error: type[IdentityError]
) -> None:
    with pytest.raises(error):
        await stage.signed_out(Scripted(), **claims)


async def test_what_another_signed_signs_nobody_out(stage: Stage) -> None:
    with pytest.raises(WrongAnswerError):
        await stage.signed_out(Scripted(signed_by=OTHER_KEY))


async def test_a_minute_between_the_clocks_keeps_nobody_out(stage: Stage) -> None:
    now_s = int(NOW.timestamp())

    assert await stage.account(Scripted(claims={"exp": now_s - 59, "iat": now_s + 59})) == "committee-lead-1"


@pytest.mark.filterwarnings("ignore:JWS algorithm")
@pytest.mark.parametrize(
    "forged",
    [
        Scripted(signed_by=OTHER_KEY),
        # Our own secret, which a partner of the provider could know, signs nothing.
        Scripted(
            signed_by=OctKey.import_key(SECRET, {"kid": "one"}),
            algorithm="HS256",
            published=[OctKey.import_key(SECRET, {"kid": "one"}).as_dict()],
        ),
        Scripted(signed_by=OctKey.import_key(SECRET), algorithm="none"),
        Scripted(published=[]),
    ],
    ids=["another key", "our secret", "unsigned", "no key"],
)
async def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(stage: Stage, forged: Scripted) -> None:
    with pytest.raises(WrongAnswerError):
        await stage.account(forged)


async def test_a_key_of_a_kind_that_nobody_knows_yet_keeps_nobody_out(stage: Stage) -> None:
    strange = {"kty": "AKP", "kid": "two", "alg": "ML-DSA-44", "pub": "AAAA"}
    elliptic = ECKey.generate_key("P-256", {"kid": "one"})
    published = [strange, elliptic.as_dict(private=False)]

    account = await stage.account(Scripted(signed_by=elliptic, algorithm="ES256", published=published))

    assert account == "committee-lead-1"


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (JSONResponse({"error": "invalid_grant"}, 400), CodeSpentError),
        (JSONResponse({"error": "invalid_client"}, 401), WrongAnswerError),
        (JSONResponse({"access_token": "a", "token_type": "Bearer"}), WrongAnswerError),
        (JSONResponse(["no", "object"]), WrongAnswerError),
        (PlainTextResponse("<html>"), WrongAnswerError),
        (PlainTextResponse("restarting", 503), ProviderAwayError),
    ],
    ids=["spent code", "unknown client", "no id token", "a list", "no JSON", "restarting"],
)
async def test_each_refusal_is_told_apart(stage: Stage, token: Response, error: type[IdentityError]) -> None:
    with pytest.raises(error):
        await stage.account(Scripted(token=token))


async def test_a_provider_that_hangs_is_not_waited_for_longer_than_set(stage: Stage) -> None:
    with pytest.raises(ProviderAwayError):
        await stage.account(Scripted(hangs=True), timeout_s=0.3)


async def test_a_provider_that_is_not_there_is_away() -> None:
    with pytest.raises(ProviderAwayError):
        await known_as("http://127.0.0.1:9").sign_in_address(ATTEMPT, anew=False)


async def test_a_provider_that_goes_by_another_name_is_not_ours(stage: Stage) -> None:
    with pytest.raises(WrongAnswerError):
        await stage.account(Scripted(discovery={"issuer": "https://another.example"}))


async def test_what_the_provider_says_of_itself_is_asked_again_after_a_while(stage: Stage) -> None:
    stage.provider, at = Scripted(), [NOW]
    provider = known_as(stage.issuer, now=lambda: at[0])

    before = await provider.sign_out_address("http://yima/desk/sign-in")
    stage.provider.discovery = {"end_session_endpoint": "https://id.example/out?realm=1"}
    soon = await provider.sign_out_address("http://yima/desk/sign-in")
    at[0] += timedelta(minutes=10)
    later = await provider.sign_out_address("http://yima/desk/sign-in")

    back = "client_id=yima&post_logout_redirect_uri=http%3A%2F%2Fyima%2Fdesk%2Fsign-in"
    assert (before, soon, later) == (None, None, f"https://id.example/out?realm=1&{back}")


def test_a_secret_is_not_written_where_a_provider_is_shown() -> None:
    assert SECRET not in repr(known_as("https://id.example"))

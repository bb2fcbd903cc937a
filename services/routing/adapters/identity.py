"""Who somebody is, as the identity provider says: OpenID Connect by authorisation code, PKCE and a checked ID token."""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel

# Signed with a private key only: what is signed with our own secret, or not at all, anybody who knows that could make.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
KEY_TYPES = ("RSA", "EC", "OKP")
CLOCK_SKEW = timedelta(minutes=1)
SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"
# So that a flood at our door is not one at the provider's.
DISCOVERY_KEPT = timedelta(minutes=10)


class IdentityError(Exception):
    """The identity provider did not tell who this is."""

    status: ClassVar[int] = 502


class ProviderAwayError(IdentityError):
    """The identity provider does not answer, or can not at the moment."""

    status = 503


class CodeSpentError(IdentityError):
    """The identity provider takes this code no more; sign in again."""

    status = 400


class WrongAnswerError(IdentityError):
    """What the identity provider answered is not what it must, or not meant for us."""


class ClocksDifferError(IdentityError):
    """By our clock the identity provider's token is over, or not yet valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """Whom the provider let in, and by which of its own subjects and sessions it will sign them out."""

    account: str
    subject: str = field(repr=False)
    session: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """Whom the provider signed out: one session of its own, or all of a subject; at least one is known."""

    subject: str | None = field(repr=False)
    session: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in on its way: what its answer must fit."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def new_attempt() -> Attempt:
    """An attempt that nobody can guess."""
    return Attempt(state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48))


class Metadata(BaseModel):
    """What the provider says of itself, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    @property
    def client_auth(self) -> str:
        """How we prove to it who we are."""
        basic = "client_secret_basic"
        return basic if basic in self.token_endpoint_auth_methods_supported else "client_secret_post"


@dataclass(slots=True, kw_only=True)
class IdentityProvider:
    """One provider, where we are known as `client_id`. Nothing that it issues is kept."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    # Of the ID token: it names the person as the directory does.
    claim: str
    redirect_uri: str
    timeout_s: float
    now: Callable[[], datetime]
    _trust: ssl.SSLContext = field(default_factory=httpx2.create_ssl_context, repr=False)
    _metadata: Metadata | None = field(default=None, repr=False)
    _known_until: datetime | None = None

    async def sign_in_address(self, attempt: Attempt, *, anew: bool) -> str:
        """Where the browser goes to sign in; `anew`, even though the provider knows somebody there already.

        Raises:
            IdentityError: the provider can not be found out about.
        """
        async with self._session() as client:
            metadata = await self._discovered(client)
            address, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
                **({"prompt": "login"} if anew else {}),
            )
        return str(address)

    async def let_in(self, attempt: Attempt, code: str) -> LetIn:
        """Whom the provider has let in.

        Raises:
            IdentityError: it does not answer, or not as it must.
        """
        async with self._session() as client:
            metadata = await self._discovered(client)
            client.token_endpoint_auth_method = metadata.client_auth
            token = await client.fetch_token(metadata.token_endpoint, code=code, code_verifier=attempt.verifier)
            keys = await _json_at(client, metadata.jwks_uri)
        return self._let_in_by(token.get("id_token"), keys, attempt)

    async def signed_out(self, logout_token: str) -> SignedOut:
        """Whom the provider says that it has signed out.

        Source: OpenID Connect Back-Channel Logout 1.0, section 2.6.

        Raises:
            IdentityError: it did not say so, or can not be asked for its keys.
        """
        async with self._session() as client:
            keys = await _json_at(client, (await self._discovered(client)).jwks_uri)
        return self._signed_out_by(logout_token, keys)

    async def sign_out_address(self, back: str) -> str | None:
        """Where the browser goes to be signed out there too, and then `back`; none where the provider has no such page.

        Raises:
            IdentityError: the provider can not be found out about.
        """
        async with self._session() as client:
            end = (await self._discovered(client)).end_session_endpoint
        if end is None:
            return None
        # By our name: the ID token, which it would take as a hint, is not kept.
        asked = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back})
        return f"{end}{'&' if '?' in end else '?'}{asked}"

    def _let_in_by(self, id_token: object, keys: Any, attempt: Attempt) -> LetIn:
        """Whom a token names, once all of it holds."""
        claims = self._claims_in(id_token, keys, nonce={"essential": True, "value": attempt.nonce})
        account, subject = _text(claims, self.claim), _text(claims, "sub")
        if account is None or subject is None:
            raise WrongAnswerError
        return LetIn(account=account, subject=subject, session=_text(claims, "sid"))

    def _signed_out_by(self, logout_token: str, keys: Any) -> SignedOut:
        """Whom a token names, once all of it holds; one for a sign-in, which browsers have seen, signs nobody out."""
        claims = self._claims_in(logout_token, keys, events={"essential": True}, jti={"essential": True})
        events, signed_out = claims["events"], SignedOut(subject=_text(claims, "sub"), session=_text(claims, "sid"))
        names_nobody = signed_out.subject is None and signed_out.session is None
        if not isinstance(events, dict) or SIGNED_OUT not in events or "nonce" in claims or names_nobody:
            raise WrongAnswerError
        return signed_out

    def _claims_in(self, token: object, keys: Any, **more: jwt.ClaimsOption) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=int(self.now().timestamp()),
            leeway=int(CLOCK_SKEW.total_seconds()),
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            azp={"value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            **more,
        )
        try:
            decoded = jwt.decode(str(token), _signing_keys(keys), algorithms=ALGORITHMS)
            registry.validate(decoded.claims)
        except ExpiredTokenError as error:
            raise ClocksDifferError from error
        except InvalidClaimError as error:
            raise (ClocksDifferError if error.claim in ("iat", "nbf") else WrongAnswerError) from error
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise WrongAnswerError from error
        return decoded.claims

    async def _discovered(self, client: Any) -> Metadata:
        if self._metadata is None or self._known_until is None or self._known_until <= self.now():
            said = await _json_at(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            metadata = Metadata.model_validate(said)
            if metadata.issuer != self.issuer:
                raise WrongAnswerError
            self._metadata, self._known_until = metadata, self.now() + DISCOVERY_KEPT
        return self._metadata

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Any]:
        """Requests to the provider; whatever goes wrong is told as an `IdentityError`."""
        client = AsyncOAuth2Client(
            self.client_id,
            self.client_secret,
            scope=self.scope,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=self.timeout_s,
            verify=self._trust,
        )
        try:
            async with asyncio.timeout(self.timeout_s), client:
                yield client
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            raise ProviderAwayError from error
        except OAuthError as error:
            raise (CodeSpentError if error.error == "invalid_grant" else WrongAnswerError) from error
        except ValueError as error:
            # An answer that is no JSON, or not of the form that it must have.
            raise WrongAnswerError from error


def _text(claims: dict[str, Any], name: str) -> str | None:
    """A claim that is a text; none where it is missing, empty or something else."""
    value = claims.get(name)
    return value if isinstance(value, str) and value else None


def _signing_keys(published: Any) -> KeySet:
    """The provider's keys of the kinds that we take; one of another kind must not keep everybody out."""
    keys = [key for key in published["keys"] if key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"]
    return KeySet.import_key_set({"keys": keys})


async def _json_at(client: Any, address: str) -> Any:
    response = await client.request("GET", address, withhold_token=True)
    response.raise_for_status()
    return response.json()

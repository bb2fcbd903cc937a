"""Sealing names, phones and free text so that only the holder of the person's key can read them.

AES-256-GCM throughout. What a box belongs to (person and key version) is its associated data: a box moved to another
person, or under another version, does not open. Pure: nonces and keys come in as arguments, from `secrets`.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.envelope import Sealed

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class SealBrokenError(Exception):
    """The sealed value does not open: it was altered, or it is not of this person, key and platform."""


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """The installation's own key, which wraps every person's key and seals nothing else."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_length(self.secret, KEY_BYTES)


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key of one person; whoever erases it forgets the person everywhere."""

    person: str
    version: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_length(self.secret, KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What opening yields once the person's key has been erased."""

    person: str


def seal(key: PersonKey, text: str, *, nonce: bytes) -> Sealed:
    """Seal text for a person. A nonce must never seal two texts under one key: take it from `secrets`."""
    box = _encrypt(key.secret, text.encode(), nonce=nonce, belongs_to=_sealed_for(key.person, key.version))
    return Sealed(person=key.person, key_version=key.version, box=box)


def open_sealed(key: PersonKey, sealed: Sealed) -> str:
    """The text that was sealed.

    Raises:
        SealBrokenError: the box was altered, or this is not its key.
    """
    return _decrypt(key.secret, sealed.box, belongs_to=_sealed_for(sealed.person, sealed.key_version)).decode()


def wrap(platform_key: PlatformKey, key: PersonKey, *, nonce: bytes) -> str:
    """A person's key as it is stored and distributed."""
    return _encrypt(platform_key.secret, key.secret, nonce=nonce, belongs_to=_wrapped_for(key.person, key.version))


def unwrap(platform_key: PlatformKey, wrapped: str, *, person: str, version: int) -> PersonKey:
    """A person's key from what is stored.

    Raises:
        SealBrokenError: it was altered, is another person's or version's, or comes from another platform.
    """
    secret = _decrypt(platform_key.secret, wrapped, belongs_to=_wrapped_for(person, version))
    return PersonKey(person, version, secret)


def blind_index(hmac_key: bytes, value: str) -> str:
    """What a value is looked up by without being stored: equal values give equal indexes, and nothing leads back.

    Phones are few enough to be tried one by one by whoever holds the key: keep it as safe as the platform key.
    """
    _check_length(hmac_key, KEY_BYTES)
    return hmac.new(hmac_key, value.encode(), hashlib.sha256).hexdigest()


# The two purposes differ, so that neither kind of box passes for the other.
def _sealed_for(person: str, version: int) -> bytes:
    return f"yima sealed:{person}:{version}".encode()


def _wrapped_for(person: str, version: int) -> bytes:
    return f"yima wrapped:{person}:{version}".encode()


def _encrypt(secret: bytes, plain: bytes, *, nonce: bytes, belongs_to: bytes) -> str:
    _check_length(nonce, NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(secret).encrypt(nonce, plain, belongs_to)).decode()


def _decrypt(secret: bytes, box: str, *, belongs_to: bytes) -> bytes:
    try:
        content = base64.b64decode(box, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as malformed:
        raise SealBrokenError from malformed
    if len(content) < NONCE_BYTES + TAG_BYTES:
        raise SealBrokenError
    try:
        return AESGCM(secret).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], belongs_to)
    except InvalidTag as altered:
        raise SealBrokenError from altered


def _check_length(secret: bytes, length: int) -> None:
    if len(secret) != length:
        raise ValueError(f"{length} bytes are needed, {len(secret)} were given.")

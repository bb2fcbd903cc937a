"""Personal data: sealed under a key of the person's own, opened by who may read, forgotten by erasing the key."""

from shared.privacy.keyring import KEYS, KeyNotArrivedError, Keyring, NewKey
from shared.privacy.phone import PhoneNotValidError, normalised_phone
from shared.privacy.sealing import (
    NONCE_BYTES,
    Forgotten,
    PersonKey,
    PlatformKey,
    SealBrokenError,
    blind_index,
    open_sealed,
    seal,
)

__all__ = [
    "KEYS",
    "NONCE_BYTES",
    "Forgotten",
    "KeyNotArrivedError",
    "Keyring",
    "NewKey",
    "PersonKey",
    "PhoneNotValidError",
    "PlatformKey",
    "SealBrokenError",
    "blind_index",
    "normalised_phone",
    "open_sealed",
    "seal",
]

"""Sealing: what is sealed opens for its own person and key only, and nothing of it shows."""

import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.contracts.envelope import Sealed
from shared.privacy import PersonKey, PlatformKey, SealBrokenError, blind_index, open_sealed, seal
from shared.privacy.sealing import unwrap, wrap

texts = st.text(max_size=2_000)
secrets_of_32 = st.binary(min_size=32, max_size=32)
nonces = st.binary(min_size=12, max_size=12)
people = st.text("abcdef0123456789-:", min_size=1, max_size=36)
keys = st.builds(PersonKey, people, st.integers(1, 9), secrets_of_32)

REPORTER = PersonKey("reporter-1", 1, bytes(range(32)))
NONCE = bytes(range(12))


def altered(box: str, *, byte: int, flip: int) -> str:
    content = bytearray(base64.urlsafe_b64decode(box))
    content[byte % len(content)] ^= flip
    return base64.urlsafe_b64encode(content).decode()


@given(keys, texts, nonces)
def test_any_text_comes_back_as_it_was(key: PersonKey, text: str, nonce: bytes) -> None:
    sealed = seal(key, text, nonce=nonce)

    assert open_sealed(key, sealed) == text
    assert (sealed.person, sealed.key_version) == (key.person, key.version)


@given(keys, texts, nonces, st.integers(0, 10_000), st.integers(1, 255))
def test_one_altered_bit_anywhere_is_noticed(key: PersonKey, text: str, nonce: bytes, byte: int, flip: int) -> None:
    sealed = seal(key, text, nonce=nonce)
    tampered = sealed.model_copy(update={"box": altered(sealed.box, byte=byte, flip=flip)})

    with pytest.raises(SealBrokenError):
        open_sealed(key, tampered)


@given(keys, keys, texts, nonces)
def test_another_persons_key_opens_nothing(key: PersonKey, other: PersonKey, text: str, nonce: bytes) -> None:
    assume(key.secret != other.secret)

    with pytest.raises(SealBrokenError):
        open_sealed(other, seal(key, text, nonce=nonce))


@given(keys, people, texts, nonces)
def test_a_box_moved_to_another_person_does_not_open(key: PersonKey, other: str, text: str, nonce: bytes) -> None:
    assume(other != key.person)
    moved = seal(key, text, nonce=nonce).model_copy(update={"person": other})

    with pytest.raises(SealBrokenError):
        open_sealed(key, moved)


@given(keys, st.text(min_size=4, max_size=200), nonces)
def test_nothing_of_the_text_shows_in_the_box(key: PersonKey, text: str, nonce: bytes) -> None:
    box = seal(key, text, nonce=nonce).box

    assert text.encode() not in base64.urlsafe_b64decode(box)


@given(st.builds(PlatformKey, secrets_of_32), keys, nonces)
def test_a_wrapped_key_unwraps_to_itself(platform: PlatformKey, key: PersonKey, nonce: bytes) -> None:
    wrapped = wrap(platform, key, nonce=nonce)

    assert unwrap(platform, wrapped, person=key.person, version=key.version) == key
    assert key.secret not in base64.urlsafe_b64decode(wrapped)


@pytest.mark.parametrize(
    ("platform", "person", "version"),
    [
        (PlatformKey(bytes(31) + b"2"), "reporter-1", 1),
        (PlatformKey(bytes(32)), "reporter-2", 1),
        (PlatformKey(bytes(32)), "reporter-1", 2),
    ],
)
def test_a_wrapped_key_is_bound_to_platform_person_and_version(
    platform: PlatformKey, person: str, version: int
) -> None:
    wrapped = wrap(PlatformKey(bytes(32)), REPORTER, nonce=NONCE)

    with pytest.raises(SealBrokenError):
        unwrap(platform, wrapped, person=person, version=version)


def test_a_wrapped_key_does_not_pass_for_a_sealed_text() -> None:
    platform = PlatformKey(REPORTER.secret)
    wrapped = wrap(platform, REPORTER, nonce=NONCE)

    with pytest.raises(SealBrokenError):
        open_sealed(REPORTER, Sealed(person="reporter-1", key_version=1, box=wrapped))


@pytest.mark.parametrize("box", ["", "AAAA", "不是盒子", "!!!!", "A" * 41])
def test_what_is_no_box_is_refused_as_broken(box: str) -> None:
    with pytest.raises(SealBrokenError):
        open_sealed(REPORTER, Sealed(person="reporter-1", key_version=1, box=box))


def test_no_secret_and_no_box_shows_where_values_are_printed() -> None:
    sealed = seal(REPORTER, "东门消防通道被堵", nonce=NONCE)

    assert repr(REPORTER) == "PersonKey(person='reporter-1', version=1)"
    assert repr(PlatformKey(bytes(32))) == "PlatformKey()"
    assert repr(sealed) == "Sealed(person='reporter-1', key_version=1)"


def test_the_form_of_a_box_never_changes() -> None:
    sealed = seal(REPORTER, "东门消防通道被堵", nonce=NONCE)

    assert sealed.box == "AAECAwQFBgcICQoLo7pK8lJNJK0FqA85WGnihAJFb5Zbnv_Jco82IsY3uGkIsVLWxtWuyA=="


@pytest.mark.parametrize("length", [0, 11, 13])
def test_a_nonce_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="12 bytes are needed"):
        seal(REPORTER, "words", nonce=bytes(length))


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes are needed, 16 were given"):
        PlatformKey(bytes(16))


@given(secrets_of_32, st.text(), st.text())
def test_equal_values_and_only_those_have_equal_indexes(hmac_key: bytes, value: str, other: str) -> None:
    assert (blind_index(hmac_key, value) == blind_index(hmac_key, other)) == (value == other)


def test_another_installation_has_other_indexes() -> None:
    assert blind_index(bytes(32), "+8610000000001") != blind_index(bytes(31) + b"2", "+8610000000001")

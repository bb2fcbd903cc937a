"""Phones as one writes them, brought to the one form in which they are compared, sealed and dialled (E.164)."""

import re
from collections.abc import Container
from unicodedata import digit

import phonenumbers

REGION = "CN"
CHINA = 86

# No operator can assign these (a mobile's second digit is never 0): sample people are reached here, and nobody else.
SAMPLE_PHONE = re.compile(r"\+861000000\d{4}")


# A mobile as nearly everybody writes it.
PLAIN = re.compile(r"(?:\+?86)?[ ]?([0-9]{11})")


def mobile_pattern() -> re.Pattern[str]:
    """The library's own pattern of our mobiles: matching it takes a twentieth of the time that parsing takes."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(REGION)
    pattern = metadata.mobile.national_number_pattern if metadata and metadata.mobile else None
    return re.compile(pattern or "(?!)")


MOBILE = mobile_pattern()


class PhoneNotValidError(Exception):
    """This is no phone at which a person can be reached: give a mobile, or a landline with its area code."""

    status = 422


def normalised_phone(text: str, *, allow_unassigned: bool = False, countries: Container[int] = (CHINA,)) -> str:
    """The phone in E.164, Chinese unless it says otherwise.

    Service numbers (110, 12345) are refused, and so is what E.164 would silently drop: a switchboard's extension, or
    digits before the number. A message abroad costs many times one at home, so that other `countries` must be named.
    `allow_unassigned` is a setting of installations that play with sample people: it lets in their range too.

    Raises:
        PhoneNotValidError: nobody can be reached there. The error does not repeat what was given.
    """
    plain = PLAIN.fullmatch(text)
    if plain and (MOBILE.fullmatch(plain[1]) or (allow_unassigned and SAMPLE_PHONE.fullmatch(f"+86{plain[1]}"))):
        return f"+86{plain[1]}"
    number = _parsed(text)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension or number.country_code not in countries or not _is_all_of(number, text):
        raise PhoneNotValidError
    if phonenumbers.is_valid_number(number) or (allow_unassigned and SAMPLE_PHONE.fullmatch(written)):
        return written
    raise PhoneNotValidError


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        # The library's message may repeat the text, so it is left out of the chain.
        raise PhoneNotValidError from None


def _is_all_of(number: phonenumbers.PhoneNumber, text: str) -> bool:
    """Whether the text has no digits but the number's own: the library strips what it takes for a carrier's code."""
    typed = "".join(str(value) for character in text if (value := digit(character, None)) is not None)
    national, country = phonenumbers.national_significant_number(number), str(number.country_code)
    before = {trunk for code in ("", country, f"00{country}") for trunk in (code, f"{code}0")}
    return typed.endswith(national) and typed.removesuffix(national) in before

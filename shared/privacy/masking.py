"""A contact as it is shown to whoever need not dial it: enough to recognise a person by, too little to reach them."""

from shared.privacy.phone import CHINA

MOBILE_DIGITS = 11


def masked_phone(phone: str) -> str:
    """`138****0000`; of what is no mobile of ours its last two digits."""
    own = phone.removeprefix(f"+{CHINA}")
    return f"{own[:3]}****{own[-4:]}" if len(own) == MOBILE_DIGITS else f"****{own[-2:]}"


def masked_name(name: str) -> str:
    """`张**`: how long it is, is not told either."""
    return f"{name[:1]}**" if name else ""

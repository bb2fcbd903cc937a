"""What intake is set to, read once: from the environment (YIMA_INTAKE_…), and from whoever composes the services."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kernel.bucket import Bucket

MEGABYTE = 1024 * 1024


class Config(BaseSettings):
    """Frozen; keys are bytes that no representation shows."""

    model_config = SettingsConfigDict(env_prefix="YIMA_INTAKE_", frozen=True, extra="ignore")

    platform_key: bytes = Field(repr=False, min_length=32, max_length=32)
    hmac_key: bytes = Field(repr=False, min_length=32, max_length=32)
    session_key: bytes = Field(repr=False, min_length=16)
    public_url: str
    data_dir: Path
    # Where photos are kept, instead of a folder in the data directory.
    photos_bucket: Bucket | None = None

    # Sample people are reached at phones that no operator can assign: only an installation that plays lets them in.
    allow_unassigned_phones: bool = False

    # Residents without a key, in ten minutes: a stairwell shares one address, so it is no small number.
    reports_per_address_max: int = Field(default=30, ge=1)
    reports_per_place_max: int = Field(default=120, ge=1)
    # And naming one phone, in a day: each report sends it messages, whoever typed it in.
    reports_per_phone_max: int = Field(default=12, ge=1)
    # Country codes of phones that messages are sent to.
    phone_countries: frozenset[int] = frozenset({86})

    photos_max: int = 6
    photo_megabytes_max: int = 10
    # Less than six full photos: pages shrink them, and a proxy's default is smaller still.
    body_megabytes_max: int = 32
    json_bytes_max: int = 512 * 1024

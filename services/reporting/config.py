"""Settings of reporting, read once."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Bounds(BaseSettings):
    """How much one question may be about: from the environment (YIMA_REPORTING_…)."""

    model_config = SettingsConfigDict(env_prefix="YIMA_REPORTING_", frozen=True)

    period_days_max: int = Field(default=366, ge=1, description="The longest period that one question may be about.")
    by_day_days_max: int = Field(default=93, ge=1, description="The longest period that is shown day by day.")
    wide_at_once: int = Field(
        default=2, ge=1, description="How many questions of two dimensions one process works on at once."
    )
    wide_within_s: float = Field(
        default=10.0,
        ge=0.1,
        le=600,
        description="How long such a question waits for its turn, and each query of it takes.",
    )


class Config(Bounds):
    """The rest comes from who starts it."""

    session_key: bytes = Field(repr=False, description="Knows the desk's passes, and signs the hidden field of forms.")

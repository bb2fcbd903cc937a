"""Settings of reporting, read once."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """From the environment (YIMA_REPORTING_…)."""

    model_config = SettingsConfigDict(env_prefix="YIMA_REPORTING_", frozen=True)

    period_days_max: int = Field(default=366, ge=1, description="The longest period that one question may be about.")
    by_day_days_max: int = Field(default=93, ge=1, description="The longest period that is shown day by day.")

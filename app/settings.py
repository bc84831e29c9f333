"""Settings, read from environment variables that begin with FACTS_."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.suggest import closest

PREFIX = "FACTS_"


class Settings(BaseSettings):
    """Each field is the environment variable FACTS_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    database: Path = Path("build/facts.db")
    """The dataset: written by `build`, served by `serve`."""
    seeds: Path = Path("seeds")
    """The folder of seeds: a folder for each article."""
    host: str = "127.0.0.1"
    """The address that the server listens on."""
    port: int = Field(8000, ge=0, le=65535)
    """The port that the server listens on; 0 takes a free one."""
    workers: int = Field(1, ge=1, le=256)
    """How many processes serve; each keeps answers of its own."""
    query_seconds: float = Field(1.0, gt=0, le=60)
    """A query that takes longer is given up with 503."""
    export_seconds: float = Field(30.0, gt=0, le=3600)
    """The same for one step of an export, which others need not wait for."""
    cache_bytes: int = Field(32 * 1024 * 1024, ge=0, le=2**40)
    """How many bytes of answers each worker keeps, to give them again; 0 keeps none."""
    reload_seconds: float = Field(0.5, gt=0, le=3600)
    """How often the server looks whether the dataset was replaced."""


def unknown_variables() -> list[str]:
    """What is wrong with the names of FACTS_ variables in the environment: a sentence for each unknown one."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    problems = []
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            hint = "".join(f"; did you mean {near}?" for near in closest(name.upper(), known, limit=1))
            problems.append(f"there is no setting {name}{hint}")
    return problems

"""The containers as compose would start them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# Of one machine or of the image: nobody sets these for containers.
NOT_PASSED_ON = {"VIVA_DEBUG", "VIVA_HOME", "VIVA_STATIC_ROOT"}


def test_every_setting_reaches_the_processes_and_none_as_an_empty_word() -> None:
    source = (ROOT / "config" / "environment.py").read_text()
    settings = set(re.findall(r'"((?:VIVA_|DATABASE_|REDIS_|ANTHROPIC_)\w+)"', source))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name in ("web", "worker", "beat", "migrate"):
        given = services[name]["environment"]
        assert set(given) == settings - NOT_PASSED_ON
        # One without a value is left out where the environment of compose has none.
        assert {key for key, value in given.items() if value is not None} == {
            "DATABASE_URL",
            "REDIS_URL",
            "VIVA_SECRET_KEY",
            "VIVA_URL",
        }

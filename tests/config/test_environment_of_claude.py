import pytest

from config.environment import read_environment

LEAST = {
    "DATABASE_URL": "postgres://viva@localhost/viva",
    "REDIS_URL": "redis://localhost",
    "VIVA_URL": "http://localhost:8000",
    "VIVA_SECRET_KEY": "long-enough-to-be-a-key-and-nothing-to-hide-at-all",
}
ASKED = (
    "VIVA_JUDGE",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "VIVA_CLAUDE_MODEL",
    "VIVA_CLAUDE_STRONG_MODEL",
    "VIVA_CLAUDE_WITHOUT",
)


@pytest.fixture(autouse=True)
def least_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ASKED:
        monkeypatch.delenv(name, raising=False)
    for name, value in LEAST.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("judge", "key", "chosen"),
    [
        ("", "", "local"),
        ("", "sk-ant-x", "claude"),
        ("local", "sk-ant-x", "local"),
        ("claude", "sk-ant-x", "claude"),
        ("local", "", "local"),
    ],
)
def test_claude_grades_where_there_is_a_key_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, judge: str, key: str, chosen: str
) -> None:
    monkeypatch.setenv("VIVA_JUDGE", judge)
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    assert read_environment().judge == chosen


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"VIVA_JUDGE": "claude"}, '"ANTHROPIC_API_KEY" not set, and VIVA_JUDGE is "claude"'),
        ({"VIVA_JUDGE": "claude", "ANTHROPIC_API_KEY": " "}, '"ANTHROPIC_API_KEY" not set'),
        ({"VIVA_JUDGE": "gpt"}, '"VIVA_JUDGE" invalid: it is "claude" or "local"'),
        ({"ANTHROPIC_BASE_URL": "localhost:4000"}, '"ANTHROPIC_BASE_URL" invalid: give an address'),
        ({"ANTHROPIC_BASE_URL": "http://localhost:4000/v1/"}, 'leave "/v1" out'),
        ({"VIVA_CLAUDE_WITHOUT": "thinking,tools"}, '"VIVA_CLAUDE_WITHOUT" invalid'),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], sentence: str
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    said = str(stopped.value)
    assert said.startswith("Viva cannot start. ")
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_empty_settings_are_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ASKED:
        monkeypatch.setenv(name, "")
    read = read_environment()
    assert (read.judge, read.anthropic_base_url, read.claude_without) == ("local", "", [])
    assert (read.claude_model, read.claude_strong_model) == (
        "claude-haiku-5-5",
        "claude-sonnet-5-5",
    )


def test_what_a_server_refuses_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVA_CLAUDE_WITHOUT", "format,cache")
    assert read_environment().claude_without == ["format", "cache"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANTHROPIC_API_KEY", "sk-ant-secret"),
        ("DATABASE_URL", "postgres://viva:secret@db/viva"),
        ("REDIS_URL", "redis://:secret@valkey"),
        ("VIVA_SECRET_KEY", "secret" * 10),
        ("VIVA_EMAIL_URL", "smtp+tls://viva:secret@mail:587"),
    ],
)
def test_no_secret_is_in_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert "secret" not in repr(read_environment()).replace("secret_key", "")

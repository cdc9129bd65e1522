import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from grading.embedders.onnx import get_embedder
from grading.judges.base import JudgeUnavailable
from grading.judges.hooks import Hooks
from grading.operations.judging import make_judge, opaque_id

ROOT = Path(__file__).resolve().parents[3]
HOOKS = Hooks(record=lambda _: None)


def test_the_configured_judge_is_made_unless_another_is_named(settings: Settings) -> None:
    settings.ANTHROPIC_API_KEY = "key"
    settings.GRADING_JUDGE = "claude"
    assert make_judge(get_embedder(), hooks=HOOKS).name == "claude"
    assert make_judge(get_embedder(), hooks=HOOKS, name="local").name == "local"


def test_a_judge_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="there are: claude, local"):
        make_judge(get_embedder(), hooks=HOOKS, name="oracle")


def test_claude_without_a_key_is_unavailable(settings: Settings) -> None:
    settings.ANTHROPIC_API_KEY = ""
    with pytest.raises(JudgeUnavailable, match="ANTHROPIC_API_KEY"):
        make_judge(get_embedder(), hooks=HOOKS, name="claude")


def test_models_are_those_of_the_settings(settings: Settings) -> None:
    settings.ANTHROPIC_API_KEY = "key"
    settings.CLAUDE_MODEL = "claude-opus-5-5"
    assert make_judge(get_embedder(), hooks=HOOKS, name="claude").model == "claude-opus-5-5"


def test_an_opaque_id_is_stable_and_tells_nothing() -> None:
    mine = uuid.uuid4()
    assert opaque_id(mine) == opaque_id(mine) != opaque_id(uuid.uuid4())
    assert str(mine) not in opaque_id(mine)
    assert mine.hex not in opaque_id(mine)


def test_who_grades_locally_does_not_load_the_sdk() -> None:
    script = (
        "import sys, django; django.setup(); import grading.tasks, config.urls;"
        "print('anthropic' in sys.modules)"
    )
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


def test_a_worker_has_no_more_threads_than_with_one_for_products_of_matrices() -> None:
    script = (
        "import django; django.setup(); import grading.tasks, psutil;"
        "print(psutil.Process().num_threads())"
    )
    bare = {name: value for name, value in os.environ.items() if "BLAS" not in name}
    counts = [
        subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for environment in (bare, bare | {"OPENBLAS_NUM_THREADS": "1"})
    ]
    assert counts[0] == counts[1]

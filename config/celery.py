"""The worker's and the beat's way in: ``celery -A config.celery worker``."""

import gc
import os
import threading

from celery import Celery
from celery.signals import celeryd_init, task_prerun, worker_process_init, worker_ready
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# They would load every page and address of the site, of which a worker has no use.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("viva")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def put_off_collecting(**_: object) -> None:
    """What a worker starts with stays for good, so the collector need not look at it."""
    gc.disable()


@worker_process_init.connect
def collect(**_: object) -> None:
    """Where a worker forks, nothing below is told that it is ready."""
    gc.enable()


@task_prerun.connect
def keep_sound_connections(**_: object) -> None:
    """A thread keeps its connection to the database from task to task, as long as a page does: its
    age is bounded, and one that broke is left."""
    close_old_connections()


@worker_ready.connect
def look_for_models(**_: object) -> None:
    """Say in the log what cannot be asked, beside the worker's work: an API may be slow to tell."""
    threading.Thread(target=_look_and_settle, name="look-for-models", daemon=True).start()


def _look_and_settle() -> None:
    """Ask, which loads the last of what stays, and let the collector look at what comes after."""
    from grading.operations.readiness import log_models  # noqa: PLC0415 - Django is not set up above

    try:
        log_models()
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()

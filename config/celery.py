"""The worker's and the beat's way in: ``celery -A config.celery worker``."""

import gc
import os
import threading

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# They would load every page and address of the site, of which a worker has no use.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("viva")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def look_for_models(**_: object) -> None:
    """Say in the log what cannot be asked, beside the worker's work: an API may be slow to tell."""
    threading.Thread(target=_look_and_settle, name="look-for-models", daemon=True).start()


def _look_and_settle() -> None:
    """What is loaded by then stays for good, so the collector need not go through it again."""
    from grading.operations.readiness import log_models  # noqa: PLC0415 - Django is not set up above

    log_models()
    gc.collect()
    gc.freeze()

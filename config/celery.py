"""The worker's and the beat's way in: ``celery -A config.celery worker``."""

import os
import threading

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("viva")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def look_for_models(**_: object) -> None:
    """Say in the log what cannot be asked, beside the worker's work: an API may be slow to tell."""
    from grading.operations.readiness import log_models  # noqa: PLC0415 - Django is not set up above

    threading.Thread(target=log_models, name="look-for-models", daemon=True).start()

"""Settings of a test's own processes: what waits in life waits here as well, only shorter."""

from config.settings import *  # noqa: F403 - all but what is named below

GRADE_NUDGE_SECONDS = 1
GRADE_BACKOFF_SECONDS = 0.2
CELERY_BEAT_SCHEDULE = {
    "requeue-stuck-grades": {"task": "grading.tasks.requeue_stuck", "schedule": 0.5},
}

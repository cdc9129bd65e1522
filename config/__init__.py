"""The switchboard. Importing it makes Viva's Celery app the one that tasks are sent through."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

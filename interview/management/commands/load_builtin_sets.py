from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from interview.formats import read_path
from interview.operations.question_sets import import_document


class Command(BaseCommand):
    help = "Bring the question sets that come with Viva up to date and publish them."

    def handle(self, *args: Any, **options: Any) -> None:
        content = Path(apps.get_app_config("interview").path) / "content"
        for folder in sorted(path for path in content.iterdir() if path.is_dir()):
            report = import_document(document=read_path(folder), team=None, publish=True)
            if options["verbosity"]:
                self.stdout.write(
                    f"{report.set_slug}: {report.created} created, {report.updated} updated, "
                    f"{report.unchanged} unchanged"
                )

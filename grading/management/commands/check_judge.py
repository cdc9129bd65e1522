from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grading.operations.readiness import check_models

UNCOUNTED = "No price is known for it: what it is asked counts for no budget."


class Command(BaseCommand):
    help = "Ask the API whether the models that are set are there. It costs nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        checks = check_models()
        if not checks:
            self.stdout.write("The local judge grades: there is no model to ask for.")
        for check in checks:
            uncounted = "" if check.priced else f" {UNCOUNTED}"
            self.stdout.write(f"{check.model}: {check.problem or 'there.'}{uncounted}")
        if any(check.problem for check in checks):
            raise CommandError("Not every model can be asked. Answers that need one would wait.")

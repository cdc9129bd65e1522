from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from interview.operations.demo import load_demo


class Command(BaseCommand):
    help = "Make the demo team and its four people, for a machine of one's own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default="viva-demo", help="for all four, when new")

    def handle(self, *args: Any, **options: Any) -> None:
        for user in load_demo(password=options["password"]):
            if options["verbosity"]:
                self.stdout.write(user.username)

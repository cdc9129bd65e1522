from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis import RedisError

from grading.operations.dispatch import read_tallies


class Command(BaseCommand):
    help = (
        "Show how often answers found the beginning of their prompt in Claude's cache, in the last "
        "day. Fails when one that should have did not, so that a monitor can run it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tallies = read_tallies()
        except RedisError as error:
            raise CommandError(f"Redis does not answer: {type(error).__name__}.") from None
        if not tallies:
            self.stdout.write("No answer was sent to Claude in the last day.")
            return
        self.stdout.write(
            f"{'model':<24} {'about':<16} {'wrote':>6} {'read':>6} {'missed':>6} hits"
        )
        for row in tallies:
            share = "-" if row.hit_share is None else f"{row.hit_share:.1%}"
            self.stdout.write(
                f"{row.model:<24} {row.about or 'instructions':<16} {row.leaders:>6} {row.hits:>6} "
                f"{row.misses:>6} {share}"
            )
        if missed := sum(row.misses for row in tallies):
            raise CommandError(f"{missed} calls did not find what the cache should have held.")

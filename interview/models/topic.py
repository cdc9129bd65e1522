from django.db import models


class Topic(models.Model):
    """A subject that questions share across sets and teams; a tree of two levels at most.

    Written by ``operations.question_sets`` when a set names a topic that is new.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent__isnull": True},
    )

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

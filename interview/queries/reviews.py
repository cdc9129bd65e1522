"""A team's submitted answers, for those who read and rule on them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from grading.models import Grade
from grading.queries.neighbours import neighbours_of
from interview.models import Answer, InterviewSession, QuestionSet, Team, Topic, User
from interview.queries.answers import with_origin

OVERRULED = "overruled"
FOR_A_PERSON = "person"


def submitted_to(team: Team) -> QuerySet[Answer]:
    """What was submitted in the team's sittings, newest first."""
    return Answer.objects.for_team(team).submitted().order_by("-submitted_at", "-pk")


def in_state(answers: QuerySet[Answer], state: str) -> QuerySet[Answer]:
    """Those whose current grade is in ``state``, or is a person's when it is ``OVERRULED``, or is
    one that a person should look at when it is ``FOR_A_PERSON``."""
    current = Grade.objects.current().filter(submission=OuterRef("submission"))
    if state == FOR_A_PERSON:
        return answers.filter(Exists(current.for_a_person()))
    asked_for = Q(judge="person") if state == OVERRULED else Q(state=state)
    return answers.filter(Exists(current.filter(asked_for)))


def on_topic(answers: QuerySet[Answer], topic: Topic) -> QuerySet[Answer]:
    asked = topic.questions.filter(pk=OuterRef("question"))
    return answers.filter(Exists(asked))


def answers_like(answer: Answer, team: Team) -> list[tuple[Answer, float]]:
    """The team's own answers to the same question in nearly the same words, the nearest first,
    each with the cosine of its words with these, its current grade at hand."""
    if answer.submission is None:
        return []
    near = {row.submission_id: row.similarity for row in neighbours_of(answer.submission)}
    if not near:
        return []
    found = with_origin(submitted_to(team).filter(submission__in=near))
    pairs = [(like, near[like.submission_id]) for like in found if like.submission_id]
    return sorted(pairs, key=lambda pair: -pair[1])


def newer_than(answers: QuerySet[Answer], answer: Answer) -> Answer | None:
    """The neighbour of ``answer`` towards the newest among ``answers``."""
    at, pk = answer.submitted_at, answer.pk
    later = Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=pk)
    return answers.filter(later).order_by("submitted_at", "pk").first()


def older_than(answers: QuerySet[Answer], answer: Answer) -> Answer | None:
    """The neighbour of ``answer`` towards the oldest among ``answers``."""
    at, pk = answer.submitted_at, answer.pk
    earlier = Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=pk)
    return answers.filter(earlier).order_by("-submitted_at", "-pk").first()


def sets_sat_in(team: Team) -> QuerySet[QuestionSet]:
    sat = InterviewSession.objects.filter(team=team, version__question_set=OuterRef("pk"))
    return QuestionSet.objects.filter(Exists(sat))


def topics_asked_in(team: Team) -> QuerySet[Topic]:
    """Topics of the questions of every version that was sat in the team."""
    versions = InterviewSession.objects.filter(team=team).values("version")
    return Topic.objects.filter(questions__version__in=versions).distinct()


def candidates_of(team: Team) -> QuerySet[User]:
    """Everyone who sat anything in the team, whatever their role."""
    sat = InterviewSession.objects.filter(team=team, candidate=OuterRef("pk"))
    return User.objects.filter(Exists(sat)).order_by("first_name", "last_name", "username")

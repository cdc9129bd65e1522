from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from grading.models import Grade
from interview.api.access import find_answer, find_answer_to_rule_on, find_graded_answer
from interview.api.permissions import person
from interview.api.serializers.grades import GradeSerializer, RulingSerializer
from interview.models import Answer, Scope
from interview.operations.rulings import rule_on_answer
from interview.queries.answers import grades_of


@extend_schema(tags=["Grades"])
class AnswerGrade(GenericAPIView[Grade]):
    """The last word on an answer, whatever its state: ask again while it is pending or running."""

    serializer_class = GradeSerializer

    @extend_schema(operation_id="answer_grade", summary="Read an answer's current grade")
    def get(self, request: Request, answer_id: UUID) -> Response:
        return Response(shown(find_answer(person(request), answer_id)))


@extend_schema(tags=["Grades"])
@extend_schema_view(
    get=extend_schema(operation_id="answer_grades", summary="List every grade of an answer")
)
class AnswerGrades(ListAPIView[Grade]):
    """Newest first. Grades are never changed: a regrade or a ruling supersedes the one before. One
    that is still on its way to take another's place is not among them."""

    queryset = Grade.objects.none()
    serializer_class = GradeSerializer

    def get_queryset(self) -> QuerySet[Grade]:
        answer = find_answer(person(self.request), self.kwargs["answer_id"])
        spoken = Grade.objects.spoken().filter(submission=answer.submission_id)
        return grades_of(answer).filter(pk__in=spoken)


@extend_schema(tags=["Grades"])
class GradeDetail(GenericAPIView[Grade]):
    serializer_class = GradeSerializer

    @extend_schema(operation_id="grade", summary="Read a grade, current or superseded")
    def get(self, request: Request, grade_id: UUID) -> Response:
        answer = find_graded_answer(person(request), grade_id)
        return Response(GradeSerializer(grades_of(answer).get(public_id=grade_id)).data)


@extend_schema(tags=["Grades"])
class AnswerOverrule(GenericAPIView[Grade]):
    """A person's ruling: a new grade that supersedes the current one, which stays readable."""

    write_scope = Scope.REVIEW
    refusals = (409, 422)
    serializer_class = RulingSerializer

    @extend_schema(
        operation_id="answer_overrule",
        summary="Overrule an answer's grade",
        responses={201: GradeSerializer},
    )
    def post(self, request: Request, answer_id: UUID) -> Response:
        answer = find_answer_to_rule_on(person(request), answer_id)
        ruling = RulingSerializer(data=request.data)
        ruling.is_valid(raise_exception=True)
        rule_on_answer(
            answer=answer,
            grade=grade_looked_at(answer, ruling.validated_data.get("grade")),
            marks=ruling.validated_data["marks"],
            reason=ruling.validated_data["reason"],
            reviewer=person(request),
        )
        return Response(shown(answer), status=201)


def grade_looked_at(answer: Answer, grade_id: UUID | None) -> Grade:
    """The grade that the reviewer named, or else the current one."""
    if grade_id is None:
        return current(answer)
    return get_object_or_404(grades_of(answer), public_id=grade_id)


def current(answer: Answer) -> Grade:
    last_word = Grade.objects.current().filter(submission=answer.submission_id)
    grade = grades_of(answer).filter(pk__in=last_word).first()
    if grade is None:
        raise Http404("This answer has not been submitted yet.")
    return grade


def shown(answer: Answer) -> dict[str, object]:
    return GradeSerializer(current(answer)).data

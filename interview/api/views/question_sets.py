from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from interview.api.filters import QuestionSetFilter
from interview.api.pagination import ByTitle
from interview.api.permissions import person
from interview.api.serializers.question_sets import (
    QuestionSetDetailSerializer,
    QuestionSetSerializer,
    VersionSerializer,
)
from interview.models import QuestionSet, QuestionSetVersion
from interview.queries.library import may_edit, readable_sets, readable_versions


@extend_schema(tags=["Library"])
@extend_schema_view(get=extend_schema(operation_id="question_sets", summary="List question sets"))
class QuestionSetList(ListAPIView[QuestionSet]):
    """The shared library's sets and those of your teams; drafts where you may edit."""

    queryset = QuestionSet.objects.none()
    serializer_class = QuestionSetSerializer
    pagination_class = ByTitle
    filterset_class = QuestionSetFilter

    def get_queryset(self) -> QuerySet[QuestionSet]:
        return readable_sets(person(self.request))


@extend_schema(tags=["Library"])
class QuestionSetDetail(GenericAPIView[QuestionSet]):
    serializer_class = QuestionSetDetailSerializer

    @extend_schema(operation_id="question_set", summary="Read a question set and its versions")
    def get(self, request: Request, pk: int) -> Response:
        question_set = get_object_or_404(readable_sets(person(request)), pk=pk)
        context = {"versions": readable_versions(person(request), question_set)}
        return Response(QuestionSetDetailSerializer(question_set, context=context).data)


@extend_schema(tags=["Library"])
class VersionDetail(GenericAPIView[QuestionSetVersion]):
    """What answers are graded against (`rubric`) is null unless you may edit the set."""

    serializer_class = VersionSerializer

    @extend_schema(operation_id="question_set_version", summary="Read one version's questions")
    def get(self, request: Request, pk: int, number: int) -> Response:
        question_set = get_object_or_404(QuestionSet.objects.for_user(person(request)), pk=pk)
        version = get_object_or_404(question_set.versions, number=number)
        editable = may_edit(person(request), question_set)
        if not editable and not version.is_published:
            raise PermissionDenied("This version is a draft. Only those who may edit it read it.")
        questions = version.questions.order_by("position").prefetch_related("topics")
        if editable:
            questions = questions.select_related("rubric").prefetch_related("rubric__criteria")
        context = {"questions": questions, "editable": editable}
        return Response(VersionSerializer(version, context=context).data)

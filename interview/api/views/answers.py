from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from interview.api.access import find_answer
from interview.api.filters import AnswerFilter
from interview.api.pagination import NewestSubmittedFirst
from interview.api.permissions import person
from interview.api.serializers.answers import AnswerDetailSerializer, AnswerSerializer
from interview.api.serializers.submissions import (
    FollowUpAnswerSerializer,
    PlaceAnswerSerializer,
    QuestionAnswerSerializer,
)
from interview.models import Answer, Scope
from interview.operations.answers import answer_question, submit_answer
from interview.queries.answers import readable_answers, with_origin

SUBMISSION = PolymorphicProxySerializer(
    component_name="Submission",
    serializers=[PlaceAnswerSerializer, FollowUpAnswerSerializer, QuestionAnswerSerializer],
    resource_type_field_name=None,
)

BY_FIELD: dict[str, type[BaseSerializer[object]]] = {
    "session": PlaceAnswerSerializer,
    "follow_up_of": FollowUpAnswerSerializer,
}


@extend_schema(tags=["Answers"])
@extend_schema_view(
    get=extend_schema(
        operation_id="answers",
        summary="List submitted answers",
        description="Yours, and those of teams where your role may view answers; newest first.",
    )
)
class AnswerList(ListAPIView[Answer]):
    write_scope = Scope.ANSWER
    refusals = (409, 422)
    queryset = Answer.objects.none()
    serializer_class = AnswerSerializer
    pagination_class = NewestSubmittedFirst
    filterset_class = AnswerFilter

    def get_queryset(self) -> QuerySet[Answer]:
        return with_origin(readable_answers(person(self.request)))

    @extend_schema(
        operation_id="answer_submit",
        summary="Submit an answer",
        description=(
            "At a place of an open session (`session`, `position`), to the follow-up question of "
            "an earlier answer (`follow_up_of`), or to one question on its own (`question_set`, "
            "`question`), which makes a session of that question. An "
            "answer is taken once; its grade follows at `/answers/{answer_id}/grade/`."
        ),
        request=SUBMISSION,
        responses={201: AnswerDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        answer = submit(request)
        shown = find_answer(person(request), answer.public_id)
        return Response(AnswerDetailSerializer(shown).data, status=201)


@extend_schema(tags=["Answers"])
class AnswerDetail(GenericAPIView[Answer]):
    serializer_class = AnswerDetailSerializer

    @extend_schema(operation_id="answer", summary="Read an answer")
    def get(self, request: Request, answer_id: UUID) -> Response:
        answer = find_answer(person(request), answer_id)
        return Response(AnswerDetailSerializer(answer).data)


def submit(request: Request) -> Answer:
    """Take the answer in whichever of the three shapes it came."""
    named = request.data if isinstance(request.data, dict) else {}
    shape = next((found for key, found in BY_FIELD.items() if key in named), None)
    read = shape or QuestionAnswerSerializer
    sent: BaseSerializer[object] = read(data=request.data, context={"request": request})
    sent.is_valid(raise_exception=True)
    if shape is not None:
        return submit_answer(**sent.validated_data)
    return answer_question(candidate=person(request), **sent.validated_data)

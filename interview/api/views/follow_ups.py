from uuid import UUID

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from grading.queries.grades import current_grade
from interview.api.access import find_answer
from interview.api.permissions import person
from interview.api.serializers.follow_ups import FollowUpSerializer, shown
from interview.models import Answer, Scope
from interview.operations.follow_ups import ask_follow_up
from interview.queries.follow_ups import follow_ups_to, offer_of


@extend_schema(tags=["Answers"])
class AnswerFollowUp(GenericAPIView[Answer]):
    write_scope = Scope.ANSWER
    refusals = (409,)
    serializer_class = FollowUpSerializer

    @extend_schema(
        operation_id="answer_follow_up",
        summary="Read how an answer's follow-up stands",
        description="Whether one is offered, being written, or written, and where its answer is.",
    )
    def get(self, request: Request, answer_id: UUID) -> Response:
        answer = find_answer(person(request), answer_id)
        reply = next(iter(follow_ups_to([answer])), None)
        is_offered = reply is None and _is_offered(answer)
        return Response(FollowUpSerializer(shown(reply, is_offered=is_offered)).data)

    @extend_schema(
        operation_id="answer_follow_up_ask",
        summary="Ask for an answer's follow-up question",
        description=(
            "One question about what your answer missed most, graded apart from it. Where Claude "
            "writes it, it is there in a moment: read this address again. Submit the answer to it "
            "at `/answers/` with `follow_up_of`. Asked for twice, it is the same one."
        ),
        request=None,
        responses={201: FollowUpSerializer},
    )
    def post(self, request: Request, answer_id: UUID) -> Response:
        answer = find_answer(person(request), answer_id)
        if answer.session.candidate_id != person(request).pk:
            raise PermissionDenied("Only the candidate is asked a follow-up question.")
        reply = ask_follow_up(answer=answer)
        return Response(FollowUpSerializer(shown(reply, is_offered=False)).data, status=201)


def _is_offered(answer: Answer) -> bool:
    submission = answer.submission
    return submission is not None and offer_of(answer, current_grade(submission)) is not None

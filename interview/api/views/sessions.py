from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from interview.api.access import find_session
from interview.api.filters import SessionFilter
from interview.api.permissions import person
from interview.api.serializers.sessions import (
    NewSessionSerializer,
    SessionDetailSerializer,
    SessionSerializer,
)
from interview.models import InterviewSession, Scope, User
from interview.operations.sessions import finish_session, start_session
from interview.queries.sessions import answers_of, counted_sessions


@extend_schema(tags=["Sessions"])
@extend_schema_view(get=extend_schema(operation_id="sessions", summary="List your sessions"))
class SessionList(ListAPIView[InterviewSession]):
    write_scope = Scope.ANSWER
    refusals = (422,)
    queryset = InterviewSession.objects.none()
    serializer_class = SessionSerializer
    filterset_class = SessionFilter

    def get_queryset(self) -> QuerySet[InterviewSession]:
        return counted_sessions(person(self.request))

    @extend_schema(
        operation_id="session_start",
        summary="Start a session",
        description="It binds to the latest published version of the set.",
        request=NewSessionSerializer,
        responses={201: SessionDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = NewSessionSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        session = start_session(candidate=person(request), **asked.validated_data)
        return Response(shown(person(request), session.public_id), status=201)


@extend_schema(tags=["Sessions"])
class SessionDetail(GenericAPIView[InterviewSession]):
    serializer_class = SessionDetailSerializer

    @extend_schema(operation_id="session", summary="Read a session and its answers")
    def get(self, request: Request, session_id: UUID) -> Response:
        return Response(shown(person(request), session_id))


@extend_schema(tags=["Sessions"])
class SessionFinish(GenericAPIView[InterviewSession]):
    write_scope = Scope.ANSWER
    serializer_class = SessionDetailSerializer

    @extend_schema(
        operation_id="session_finish",
        summary="Finish a session",
        description="Answers that were not submitted stay open and are not graded.",
        request=None,
        responses={200: SessionDetailSerializer},
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        finish_session(session=find_session(person(request), session_id))
        return Response(shown(person(request), session_id))


def shown(user: User, session_id: UUID) -> dict[str, object]:
    session = find_session(user, session_id)
    context = {"answers": answers_of(session)}
    return SessionDetailSerializer(session, context=context).data

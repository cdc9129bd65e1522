from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interview.api.permissions import person
from interview.api.serializers.progress import ProgressSerializer
from interview.queries.progress import mastery_by_topic


@extend_schema(tags=["Progress"])
class Progress(APIView):
    """How well you know each topic that you answered questions on, and how sure that is."""

    @extend_schema(
        operation_id="progress", summary="Read your mastery by topic", responses=ProgressSerializer
    )
    def get(self, request: Request) -> Response:
        topics = mastery_by_topic(person(request), now=timezone.now())
        return Response(ProgressSerializer({"topics": topics}).data)

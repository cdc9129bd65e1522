from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView

from interview.api.pagination import ByOrder
from interview.api.permissions import person
from interview.api.serializers.topics import TopicSerializer
from interview.models import Topic
from interview.queries.library import topics_within


@extend_schema(tags=["Library"])
@extend_schema_view(get=extend_schema(operation_id="topics", summary="List topics"))
class TopicList(ListAPIView[Topic]):
    """The subjects that the sets within your reach ask about."""

    queryset = Topic.objects.none()
    serializer_class = TopicSerializer
    pagination_class = ByOrder

    def get_queryset(self) -> QuerySet[Topic]:
        return topics_within(person(self.request))

"""The schema and a page to read it on, both open to anybody."""

from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView


class Schema(SpectacularJSONAPIView):
    authentication_classes = ()


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files; its page has no inline script or style."""

    url_name = "api:schema"
    template_name = "api/docs.html"
    authentication_classes = ()

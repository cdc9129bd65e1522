"""The switchboard's contents page."""

from django.contrib import admin
from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("interview.api.urls")),
    path("", include("interview.web.urls")),
]

handler500 = "interview.api.problems.server_error"

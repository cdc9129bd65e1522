"""The API's documentation under the policy that every page is served with."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser


def test_documentation_works_under_our_policy_and_asks_no_other_host(
    live_server: LiveServer, page: Page
) -> None:
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: hosts.add(request.url.split("/api/")[0].split("/static/")[0])
    )
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.get_by_text("List submitted answers").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table").first).to_contain_text("not-authenticated")
    page_hosts = {host for host in hosts if not host.startswith("data:")}
    assert page_hosts == {live_server.url}
    # the only thing to complain of is the 401 that was asked for
    assert [text for text in complaints if "401" not in text] == []

from playwright.sync_api import Page


def sign_in(page: Page, address: str, username: str) -> None:
    """Through the page, as a person does; everybody of the demo has the same password."""
    page.goto(address)
    page.get_by_label("Username or email").fill(username)
    page.get_by_label("Password").fill("viva-demo")
    page.get_by_role("button", name="Sign in").click()

"""A person's API tokens: made, shown once, revoked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from interview.operations.tokens import create_token, revoke_token
from interview.queries.tokens import tokens_of
from interview.web.access import SignedInRequest, signed_in
from interview.web.forms.tokens import TokenForm


@never_cache
@signed_in
def tokens(request: SignedInRequest) -> HttpResponse:
    """The list, the form for another one, and the new one's secret in answer to that form.

    The secret is never stored, not even in the session, so it cannot wait for a redirect.
    """
    form = TokenForm(request.POST or None)
    if form.is_valid():
        token, secret = create_token(user=request.user, **form.cleaned_data)
        return render(request, "tokens/created.html", {"token": token, "secret": secret})
    context = {"tokens": tokens_of(request.user), "form": form, "now": timezone.now()}
    return render(request, "tokens/tokens.html", context, status=422 if form.errors else 200)


@signed_in
def token_revoke(request: SignedInRequest, token_key: str) -> HttpResponse:
    """Revoke a token, after a question."""
    token = get_object_or_404(tokens_of(request.user), token_key=token_key)
    if request.method == "POST":
        revoke_token(token=token)
        messages.success(request, f"“{token.name}” is revoked. Nothing gets in with it any more.")
        return redirect("tokens")
    return render(request, "tokens/revoke.html", {"token": token})

"""The site's contents page."""

from django.urls import path

from interview.web.views import (
    answers,
    follow_ups,
    home,
    imports,
    library,
    past_answers,
    policies,
    progress,
    questions,
    queue,
    regrades,
    reviews,
    sessions,
    sets,
    spend,
    tokens,
)

# The candidate
urlpatterns = [
    path("", home.home, name="home"),
    path("library/", library.library, name="library"),
    path("sets/<int:pk>/", library.set_detail, name="set_detail"),
    path("sets/<int:pk>/start/", library.session_start, name="session_start"),
    path("sessions/<uuid:session_id>/", sessions.session, name="session"),
    path("sessions/<uuid:session_id>/finish/", sessions.session_finish, name="session_finish"),
    path("sessions/<uuid:session_id>/<int:position>/", sessions.room, name="room"),
    path(
        "sessions/<uuid:session_id>/<int:position>/draft/", sessions.room_draft, name="room_draft"
    ),
    path(
        "sessions/<uuid:session_id>/<int:position>/submit/",
        sessions.room_submit,
        name="room_submit",
    ),
    path(
        "sessions/<uuid:session_id>/<int:position>/follow-up/",
        sessions.room,
        {"follow_up": True},
        name="follow_up_room",
    ),
    path(
        "sessions/<uuid:session_id>/<int:position>/follow-up/draft/",
        sessions.room_draft,
        {"follow_up": True},
        name="follow_up_draft",
    ),
    path(
        "sessions/<uuid:session_id>/<int:position>/follow-up/submit/",
        sessions.room_submit,
        {"follow_up": True},
        name="follow_up_submit",
    ),
    path("answers/<uuid:answer_id>/", answers.verdict, name="verdict"),
    path("answers/<uuid:answer_id>/follow-up/", follow_ups.follow_up, name="follow_up"),
    path("answers/<uuid:answer_id>/state/", answers.verdict_state, name="verdict_state"),
    path("answers/<uuid:answer_id>/retry/", answers.answer_retry, name="answer_retry"),
    path("progress/", progress.progress, name="progress"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<str:token_key>/revoke/", tokens.token_revoke, name="token_revoke"),
]

# The team
urlpatterns += [
    path("teams/<slug:team>/progress/", progress.team_progress, name="team_progress"),
    path("teams/<slug:team>/queue/", queue.team_queue, name="team_queue"),
    path("teams/<slug:team>/spend/", spend.team_spend, name="team_spend"),
    path("teams/<slug:team>/answers/", reviews.team_answers, name="team_answers"),
    path(
        "teams/<slug:team>/answers/<uuid:answer_id>/", reviews.review_answer, name="review_answer"
    ),
    path(
        "teams/<slug:team>/answers/<uuid:answer_id>/overrule/",
        reviews.overrule_answer,
        name="overrule_answer",
    ),
]

# The editor
urlpatterns += [
    path("preview/", questions.markdown_preview, name="markdown_preview"),
    path("teams/<slug:team>/sets/", sets.team_sets, name="team_sets"),
    # Beside "sets/", not below: a set may be called "new" and a question "import".
    path("teams/<slug:team>/new-set/", sets.set_new, name="set_new"),
    path("teams/<slug:team>/import-set/", imports.set_import, name="set_import"),
    path(
        "teams/<slug:team>/import-set/confirm/",
        imports.set_import_confirm,
        name="set_import_confirm",
    ),
    path("teams/<slug:team>/sets/<slug:set_slug>/", sets.set_edit, name="set_edit"),
    path("teams/<slug:team>/sets/<slug:set_slug>/publish/", sets.set_publish, name="set_publish"),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/discard/",
        sets.draft_discard,
        name="draft_discard",
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/regrade/", regrades.set_regrade, name="set_regrade"
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/grading/", policies.set_grading, name="set_grading"
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/past-answers/",
        past_answers.past_answers,
        name="past_answers",
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/import-answers/",
        past_answers.past_answers_import,
        name="past_answers_import",
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/import-answers/confirm/",
        past_answers.past_answers_confirm,
        name="past_answers_confirm",
    ),
    path("teams/<slug:team>/sets/<slug:set_slug>/export/", sets.set_export, name="set_export"),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/new-question/",
        questions.question_new,
        name="question_new",
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/questions/<slug:key>/",
        questions.question_edit,
        name="question_edit",
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/questions/<slug:key>/delete/",
        questions.question_delete,
        name="question_delete",
    ),
    path(
        "teams/<slug:team>/sets/<slug:set_slug>/questions/<slug:key>/move/",
        questions.question_move,
        name="question_move",
    ),
]

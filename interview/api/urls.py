"""The API's contents page."""

from django.urls import path, re_path

from interview.api.problems import UnknownAddress
from interview.api.views.answers import AnswerDetail, AnswerList
from interview.api.views.docs import Docs, Schema
from interview.api.views.follow_ups import AnswerFollowUp
from interview.api.views.grades import AnswerGrade, AnswerGrades, AnswerOverrule, GradeDetail
from interview.api.views.progress import Progress
from interview.api.views.question_sets import QuestionSetDetail, QuestionSetList, VersionDetail
from interview.api.views.sessions import SessionDetail, SessionFinish, SessionList
from interview.api.views.spend import Spend
from interview.api.views.topics import TopicList

app_name = "api"

urlpatterns = [
    path("topics/", TopicList.as_view(), name="topics"),
    path("question-sets/", QuestionSetList.as_view(), name="question_sets"),
    path("question-sets/<int:pk>/", QuestionSetDetail.as_view(), name="question_set"),
    path("question-sets/<int:pk>/versions/<int:number>/", VersionDetail.as_view(), name="version"),
    path("sessions/", SessionList.as_view(), name="sessions"),
    path("sessions/<uuid:session_id>/", SessionDetail.as_view(), name="session"),
    path("sessions/<uuid:session_id>/finish/", SessionFinish.as_view(), name="session_finish"),
    path("answers/", AnswerList.as_view(), name="answers"),
    path("answers/<uuid:answer_id>/", AnswerDetail.as_view(), name="answer"),
    path("answers/<uuid:answer_id>/follow-up/", AnswerFollowUp.as_view(), name="answer_follow_up"),
    path("answers/<uuid:answer_id>/grade/", AnswerGrade.as_view(), name="answer_grade"),
    path("answers/<uuid:answer_id>/grades/", AnswerGrades.as_view(), name="answer_grades"),
    path("answers/<uuid:answer_id>/overrule/", AnswerOverrule.as_view(), name="answer_overrule"),
    path("grades/<uuid:grade_id>/", GradeDetail.as_view(), name="grade"),
    path("progress/", Progress.as_view(), name="progress"),
    path("teams/<slug:team>/spend/", Spend.as_view(), name="team_spend"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path("", UnknownAddress.as_view(), name="unknown"),
]

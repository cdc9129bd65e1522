"""A version as a document, for writing it to a file."""

from interview.formats.document import CriterionLine, QuestionDraft, SetDocument, TopicDraft
from interview.models import Question, QuestionSetVersion
from interview.queries.editor import questions_to_edit


def document_of(version: QuestionSetVersion) -> SetDocument:
    """Everything people wrote in a version, in four queries however many questions."""
    questions = list(questions_to_edit(version))
    topics = {topic for question in questions for topic in question.topics.all()}
    question_set = version.question_set
    return SetDocument(
        slug=question_set.slug,
        title=question_set.title,
        description=question_set.description,
        topics=tuple(
            TopicDraft(topic.slug, topic.name)
            for topic in sorted(topics, key=lambda topic: (topic.order, topic.name))
        ),
        questions=tuple(_draft_of(question) for question in questions),
        unplaced=(),
    )


def _draft_of(question: Question) -> QuestionDraft:
    rubric = question.rubric
    return QuestionDraft(
        key=question.key,
        title=question.title,
        prompt=question.prompt,
        reference_answer=rubric.reference_answer,
        grader_notes=rubric.grader_notes,
        criteria=tuple(
            CriterionLine(row.kind, row.weight, row.text) for row in rubric.criteria.all()
        ),
        topics=tuple(topic.slug for topic in question.topics.all()),
        minutes=question.minutes,
        line=0,
    )

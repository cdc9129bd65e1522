from grading.models.account import Account
from grading.models.batch import BatchItem, BatchRun
from grading.models.embedding import Embedding
from grading.models.grade import CriterionVerdict, Grade
from grading.models.human_score import HumanScore
from grading.models.model_call import ModelCall
from grading.models.open_call import OpenCall
from grading.models.queue_pause import QueuePause
from grading.models.rubric import Criterion, Rubric
from grading.models.submission import Submission
from grading.models.token_reading import TokenReading

__all__ = [
    "Account",
    "BatchItem",
    "BatchRun",
    "Criterion",
    "CriterionVerdict",
    "Embedding",
    "Grade",
    "HumanScore",
    "ModelCall",
    "OpenCall",
    "QueuePause",
    "Rubric",
    "Submission",
    "TokenReading",
]

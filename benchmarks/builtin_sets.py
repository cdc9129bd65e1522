"""How does the local judge tell the right answers of the built-in set from all others?

Run: .venv/bin/python -m benchmarks.builtin_sets
"""

from tests.interview.content.test_builtin_sets import QUESTIONS, verdict_on

LOW = 0.3


def main() -> None:
    own = [verdict_on(row, row.reference_answer).score for row in QUESTIONS.values()]
    foreign = [
        verdict_on(row, other.reference_answer).score
        for row in QUESTIONS.values()
        for other in QUESTIONS.values()
        if row is not other
    ]
    low = sum(score <= LOW for score in foreign) / len(foreign)
    print("| answer | pairs | lowest | mean | highest | at most 0.3 |")
    print("|---|---:|---:|---:|---:|---:|")
    print(f"| the reference | {len(own)} | {min(own):.2f} | {sum(own) / len(own):.2f} | 1.00 | |")
    mean = sum(foreign) / len(foreign)
    print(
        f"| another question's | {len(foreign)} | {min(foreign):.2f} | {mean:.2f} "
        f"| {max(foreign):.2f} | {low:.1%} |"
    )


if __name__ == "__main__":
    main()

"""How far a grader is from people, and how easily it is fooled: measuring any judge."""

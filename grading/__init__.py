"""What an answer is worth."""

import os

# numpy takes this up when it is loaded. The judge's matrices are small and a worker's threads share
# the cores: a second thread within one product mostly waits for the first, many times its own time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

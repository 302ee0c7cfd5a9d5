"""What a logged model predicts today: asked of a fresh fork of the warm process, as confined as a notebook."""

import json
import threading
import time
from dataclasses import asdict

from grading.evidence.model_answer import Reproduction, Request
from grading.running.environment import bare_environment
from grading.running.kernels.confinement import Box, Limits, strength
from grading.running.kernels.warm_process import WarmthError, shared
from grading.running.reproduction import LONGEST_ANSWER, TIMEOUT, reproduce, understood
from grading.running.scratch import scratch_folder

LIMITS = Limits(cpu_seconds=TIMEOUT)


def predict(request: Request, *, confined: bool) -> Reproduction:
    """The answer to a request, from a process that can read the model and its data, and is then gone.

    Unconfined, where there is no warm process, an ordinary one answers. Raises WarmthError and ConfinementError.
    """
    with scratch_folder("grading-model-") as folder:
        own = folder.resolve()
        environment = bare_environment(own)
        box = Box((str(own),), request.files, limits=LIMITS) if confined and strength().enough else None
        try:
            process, connection = shared().predictor(str(own), environment, box)
        except WarmthError:
            if box:
                raise
            return reproduce(request, environment)
        late = threading.Timer(TIMEOUT, process.kill)  # it may begin an answer, and never end it
        late.start()
        start = time.monotonic()
        try:
            connection.send_bytes(json.dumps(asdict(request)).encode())
            return understood(json.loads(connection.recv_bytes(LONGEST_ANSWER)))
        except (EOFError, OSError, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
            if time.monotonic() - start >= TIMEOUT:
                return Reproduction(problem=f"the model did not load and predict within {TIMEOUT} seconds")
            process.kill()  # it may have closed its end, or said what is no answer, and live on
            stopped = process.usage.stopped if process.wait(TIMEOUT) == 0 and process.usage else ""
            return Reproduction(problem=f"the process that loaded the model died{stopped and f': {stopped}'}")
        finally:
            late.cancel()
            process.kill()
            process.wait(TIMEOUT)
            connection.close()

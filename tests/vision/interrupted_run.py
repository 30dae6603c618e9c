"""A program: a run's vision work is interrupted, and `logging` is configured anew at once, as the next run does.

Whoever logs through the run's handlers in a thread of its own is held there, under the handler's lock, until the
configuration has begun, and then asks `logging` for a logger: each would wait for the other for ever.
"""

from __future__ import annotations

import faulthandler
import logging
import logging.config
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from vision_rig import STAND_IN, Rig, rig_of

from resources.vision.pipes_session import PipesSession
from shortform_assets.genres import load_genre
from shortform_assets.ports.vision_executor import TrackRequest

in_handler, configuring = threading.Event(), threading.Event()


class Interrupted(Exception):
    pass


class Holding(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if threading.current_thread() is not threading.main_thread():
            in_handler.set()
            configuring.wait(60)
            time.sleep(0.5)
            logging.getLogger("another")


@dg.logger
def holding(_: Any) -> logging.Logger:
    logger = logging.Logger("holding", logging.DEBUG)
    logger.addHandler(Holding())
    return logger


def run(rig: Rig) -> None:
    def impatient(*_: object) -> None:
        # The worker's first message is on its way then, or in the handler already.
        if in_handler.is_set() or rig.begun("slow"):
            in_handler.wait(5)
            raise Interrupted

    @dg.op
    def faces(context) -> None:  # Dagster takes no annotation that is text.
        try:
            bound = rig.vision.within(rig.store, PipesSession(context))
            bound.track(TrackRequest(rig.clips("slow"), rig.faces, lambda *_: None, impatient))
        except Interrupted:
            configuring.set()
            logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
            print("configured", flush=True)

    @dg.job(logger_defs={"holding": holding})
    def work() -> None:
        faces()

    with dg.instance_for_test() as instance:
        work.execute_in_process(run_config={"loggers": {"holding": {}}}, instance=instance)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(100, exit=True)
    slice_ = load_genre("base").reframing.faces
    with contextmanager(rig_of)(sys.argv[1], Path(sys.argv[2]), slice_, STAND_IN) as rig:
        run(rig)

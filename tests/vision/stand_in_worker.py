"""A vision worker without models: clip ids say what happens. Called as the real one is."""

import os
import signal
import sys
import time

from resources.media_store import MediaStore
from resources.vision.job_store import JobFolder
from resources.vision.worker_crew import dropped
from shortform_assets.contracts.clips import FaceTracks
from shortform_assets.workers.vision import Report, _log


def main(url: str, key: str) -> None:
    store = MediaStore.open(url)
    store.create(f"pids/{os.getpid()}", b"")
    report = Report(JobFolder(store, key))
    clips = report.job.clips
    if any(clip.clip_id.startswith("hopeless") for clip in clips):
        sys.exit("no models here")
    report.start("nothing")
    with _log() as log:
        for clip in clips:
            name = clip.clip_id
            report.begin(clip)
            count = sum(1 for _ in store.list("begun") if _.startswith(f"begun/{name}."))
            store.create(f"begun/{name}.{count}", b"")
            if name.startswith("deadly") or (name.startswith("unlucky") and not count):
                os.kill(os.getpid(), signal.SIGKILL)
            if name.startswith("slow") and not (name.startswith("slow once") and count):
                wait(report)
            if name.startswith("bad"):
                report.finish(clip, dropped(name, "it is bad"))
                continue
            series = store.scratch_root / f"{os.getpid()}-{name}"
            series.parent.mkdir(parents=True, exist_ok=True)
            series.write_text(f"series of {name}")
            tracks = FaceTracks(clip_id=name, media=clip.digest(), width=1, height=1, rate=clip.rate,
                frames=1, cuts=(), step=1, tracks=(), series=store.adopt_file(series))  # fmt: skip
            report.finish(clip, tracks)
            log(f"done with {name}")


def wait(report: Report) -> None:
    """Work for ever, or until whoever started it is gone."""
    parent, fraction = os.getppid(), 0.0
    while os.getppid() == parent:
        fraction = min(0.9, fraction + 0.1)
        report.progress(fraction)
        time.sleep(0.05)
    sys.exit("nobody is there any more")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

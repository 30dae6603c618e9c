"""What Lambda renders is what this machine renders, to the byte."""

from __future__ import annotations

import time

import numpy as np
from lambda_here import RenderFunction
from present import present
from render_studio import HEIGHT, RATE, WIDTH, framing, job, media, panel, segment

from resources.artifacts import blobs_of
from resources.fallback_fonts import FallbackFonts
from resources.lambda_calls import LambdaCalls
from resources.lambda_renders import LambdaPace, LambdaRenders
from resources.media_store import MediaStore
from resources.render_pool import LocalRenderPool
from shortform_assets.contracts.creative import CaptionPage, CaptionWord, Composition, RenderJob
from shortform_assets.contracts.delivery import Outcome
from shortform_assets.creative.captions.text.clip_fonts import ClipLetters
from shortform_assets.delivery.dispatched_jobs import DispatchedJobs
from shortform_assets.delivery.outcomes import Terms, dispatch, states
from shortform_assets.delivery.render_reuse import renderer_version
from shortform_assets.ports.render_executor import RenderExecutor

FRAMES = 60


def clip_with_captions(bench) -> RenderJob:
    """Two seconds of a moving picture, tones as loud as talk, words in two scripts."""
    ramp = np.tile(np.linspace(0, 255, WIDTH, dtype=np.uint8), (HEIGHT, 1))

    def paint(n: int) -> np.ndarray:
        return np.dstack([np.roll(ramp, 8 * n, 1), ramp[:, ::-1], np.roll(ramp, -4 * n, 1)])

    at = np.arange(RATE.samples(FRAMES, 48000)) / 48000
    tones = 0.15 * (np.sin(2 * np.pi * 220 * at) + np.sin(2 * np.pi * 997 * at)) * (1.2 + np.sin(9 * at)) / 2
    clip = media([segment(bench, paint, np.dstack([tones, tones])[0], FRAMES)])
    words = tuple(
        CaptionWord(text=text, start_frame=20 * n, end_frame=20 * n + 20)
        for n, text in enumerate(("Same", "bytes", "日本語"))
    )
    shown = CaptionPage(
        start_frame=0,
        end_frame=FRAMES,
        lines=(words,),
        anchor={"9:16": 0.7},
        size={"9:16": (0.9, 0.1)},
        scale=0.35,
    )
    work = job(bench, clip, framing(0, FRAMES, panel(202, 360, (0, 100, 0), (59, 300, 0))), pages=(shown,))
    fonts = ClipLetters(bench, FallbackFonts().load(), work.style, "ja").fonts([w.text for w in words]).added
    return work.model_copy(update={"enhancement": work.enhancement.model_copy(update={"fonts": fonts})})


def rendered(executor: RenderExecutor, store: MediaStore, work: RenderJob) -> Outcome:
    index = Composition(style="plain@1", outputs=(work,))
    on = Terms(executor.name, time.time_ns() // 1_000_000, 300, 1, renderer_version())
    executor.dispatch(DispatchedJobs(store), dispatch(store, "talk", index, on).unfinished)
    (state,) = states(store, "talk", index)
    outcome = present(state.outcome)
    assert (outcome.state, outcome.error) == ("completed", "")
    return outcome


def test_lambda_writes_the_bytes_of_the_local_worker(
    bench, render_function: RenderFunction, s3_store: MediaStore
) -> None:
    work = clip_with_captions(bench)
    for blob in set(blobs_of(work)):
        s3_store.add_file(bench.open(blob))
    calls = LambdaCalls(render_function.name, render_function.queue)
    there = rendered(LambdaRenders(calls, 1, waits=True, pace=LambdaPace(look=0.2)), s3_store, work)
    here = rendered(LocalRenderPool(1), bench.store, work)
    assert (there.video, there.poster, there.quality) == (here.video, here.poster, here.quality)
    assert present(there.quality).frames == FRAMES

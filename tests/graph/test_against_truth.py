"""The graph's clips against the truth of the episode they were made from; real files, measured."""

from __future__ import annotations

from shortform_assets.contracts.aspects import ASPECTS
from shortform_assets.demo.judge_episode import judge_plan, word_errors


def test_the_plan_and_the_camera_fit_the_truth(ran, episode):
    graph, key = ran
    plan, crops = graph.contract(key, "clip_plan"), graph.contract(key, "crop_paths")
    verdicts = judge_plan(episode.truth, plan, crops.clips)
    assert len(verdicts) == len(plan.clips) >= 2
    for verdict in verdicts:
        assert verdict.opens_on_sentence, verdict
        assert verdict.closes_on_sentence, verdict
        assert verdict.poster_subject == 0, verdict
    judged = sum(v.judged_frames for v in verdicts)
    assert judged > 200
    assert sum(v.speaker_in_crop for v in verdicts) >= 0.95 * judged
    errors, words = word_errors(episode.truth, graph.contract(key, "transcript"))
    assert errors <= 0.1 * words


def test_delivery_makes_files_to_post_and_reuses_them(ran):
    graph, key = ran
    run = graph.run(key, "deliver")
    assert run.success, run.error
    delivery = graph.contract(key, "delivery")
    assert delivery.complete
    width, height = ASPECTS["9:16"].size
    for output in delivery.outputs:
        assert output.state == "completed", output.outcome
        quality = output.outcome.quality
        assert quality.problems == ()
        assert (quality.width, quality.height) == (width, height)
        assert (quality.video_codec, quality.audio_codec) == ("h264", "aac")
    again = graph.run(key, "deliver")
    assert again.metadata["rendered_outputs"]["dispatched"] == 0
    after = graph.contract(key, "delivery")
    assert [o.outcome for o in after.outputs] == [o.outcome for o in delivery.outputs]

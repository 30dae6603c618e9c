"""Log mel filter banks as Kaldi computes them, the input of speaker-embedding models."""

from __future__ import annotations

import numpy as np

from shortform_assets.ports.recognizer import SAMPLE_RATE, Floats

HOP, MELS = 160, 80
"""Samples from row to row and numbers a row: what WeSpeaker was trained on."""
_SCALE = 32768.0
"""Kaldi hears 16-bit samples."""


def fbank(samples: Floats) -> Floats:
    """Log mel energies (n, 80) of mono 16 kHz `samples` in -1..1, a row every 10 ms.

    25 ms Hamming windows from 20 Hz on, no dither, only whole windows; fewer than 400 samples give no row.
    """
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.samp_freq = SAMPLE_RATE
    # Dither draws lots: the same voice must give the same numbers.
    options.frame_opts.dither = 0.0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = MELS
    banks = kaldi_native_fbank.OnlineFbank(options)
    banks.accept_waveform(SAMPLE_RATE, np.asarray(samples, np.float32) * _SCALE)
    banks.input_finished()
    rows = [banks.get_frame(i) for i in range(banks.num_frames_ready)]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, MELS), np.float32)

"""Where a clip may begin and end: sentences, pauses, frames, and what tightening takes out."""

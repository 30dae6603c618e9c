"""Frozen records that stages hand over: facts only, in integers and rounded floats.

No key, host, path, cost or duration of work belongs here. Geometry that several rooms need lives on the
records, so that a render, a caption and an overlay cannot disagree about the camera.
"""

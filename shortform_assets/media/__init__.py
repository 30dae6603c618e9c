"""Files and streams: probing, normalising, copying, reading pictures and sound exactly.

`ffmpeg.py` alone starts FFmpeg. What is said, who is seen and what is drawn over it belongs elsewhere.
"""

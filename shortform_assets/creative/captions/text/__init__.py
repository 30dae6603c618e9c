"""What captions say: words in clip frames, masking, key words, fonts by script, measured type, and pages."""

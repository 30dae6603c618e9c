"""What was learnt from editors' labels: where clips open and close, what is never one, and what a run of lines is worth."""

"""What is laid over a clip beside captions, hook and logo: names, progress bar, call to action, end card, zooms."""

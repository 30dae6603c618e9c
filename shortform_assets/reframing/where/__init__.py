"""Places of interest without a face: slides, pictures within the picture, action."""

"""Everything that is measured in pictures, from one decode of a clip."""

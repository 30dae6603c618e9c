"""Words that a person corrected, put right wherever they are shown."""

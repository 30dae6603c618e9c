"""The glossary: names and terms told to the recognizer, and near misses put right."""

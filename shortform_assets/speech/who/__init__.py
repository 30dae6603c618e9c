"""Who speaks when: voice embeddings, clustering and diarization."""

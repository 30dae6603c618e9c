"""Recognition of long recordings in chunks, with failover between providers and checked answers."""

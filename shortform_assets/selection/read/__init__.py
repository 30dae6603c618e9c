"""The transcript as lines, and everything that is measured of lines, sound and topics."""

"""Edit lists for editors' own tools: the planned cuts over the original file, as FCPXML, EDL and OTIO."""

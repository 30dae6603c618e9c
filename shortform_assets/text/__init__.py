"""Written text as people see it, in any script: characters, spaces between words, where a line may break.

For every wing that cuts, joins or counts text; nothing here knows of fonts, clips or subtitles.
"""

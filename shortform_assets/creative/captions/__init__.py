"""From words to drawn text, in two rooms: `text/` is what is said and how wide it runs, `draw/` where it stands and
how it is drawn. Only `draw/` asks `text/`, never the other way round."""

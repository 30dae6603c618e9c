"""The quality gate: what a finished file must be, one module for each thing that is looked at."""

"""The `shortform` command: arguments, tables and progress in the terminal; no algorithm."""

"""Importing a file of households and people: checked first, then step by step, resumable, undoable as a whole."""

"""The bare limit: one table of a petition's plain columns, one view that inserts a row, one that lists 25."""

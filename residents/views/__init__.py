"""The pages of the wall and of the households' files."""

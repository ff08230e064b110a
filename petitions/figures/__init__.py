"""Figures: what each petition counts for, worked out from its events, and the sums of it by place and month."""

"""Measurements: `make bench SIZES="10000 100000"` prints them and writes var/bench/latest.json."""

"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): what any client may report and see (docs/open311.md).

Nothing personal goes out: neither a petitioner's words, name and phone, nor the door. A request shows its service, its
building and where it stands; only categories that the community opened are services at all.
"""

"""From what people write to the estate, building, unit, floor and room it names. Pure functions, no database.

`parse_address` is for a text that is an address and gives each part as it stands there; `parse_place` is for any text,
a complaint too, and says only what is certain. Both read with the same eyes (tokens, context, singles, rows).
"""

from residents.addresses.numbers import building_number, number_of
from residents.addresses.reading import Address, Place, parse_address, parse_place, parse_places

__all__ = ["Address", "Place", "building_number", "number_of", "parse_address", "parse_place", "parse_places"]

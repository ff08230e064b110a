"""Reading files of households and people as communities keep them; pure, nothing is written here."""

"""Networks of firms: clearing, contagion and circulation; usable without the rest."""

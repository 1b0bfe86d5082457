"""How surfaces over the plane are drawn."""

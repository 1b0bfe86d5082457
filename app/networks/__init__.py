"""Networks on a page: their maps as pictures, and any cell of them on the stage."""

"""Maps: layers (one function each), their pages, escaping, offline assets."""

"""The street between the three implementations: load alike, run alike, compare, report."""

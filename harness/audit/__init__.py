"""Anyone's migration, described by a small TOML file and put through the same ladder."""

"""The commands of `python -m harness`, one module each; `harness.cli` gathers them."""

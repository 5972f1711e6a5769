"""How fast every implementation is in every runtime, measured side by side in one run."""

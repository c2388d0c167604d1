"""One module per script."""

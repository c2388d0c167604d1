"""Register and consumption arithmetic: plain Python and numpy, with the time passed in."""

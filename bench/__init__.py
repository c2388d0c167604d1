"""Measurements, one module each: `scripts/bench NAME` leaves `bench/NAME.json` in the run directory."""

"""Rules of telemetry in plain Python: decoding, validation, sequences, alarms. No Django, no protocol."""

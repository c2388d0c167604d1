"""Signing in: allauth's rules for this platform, and the demo's one-click accounts."""

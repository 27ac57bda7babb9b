"""Heartbeats of worker and beat."""

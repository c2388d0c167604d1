"""The live stream: from a commit in the database to every open screen, without polling.

One LISTEN connection per process wakes a hub; the hub reads what changed once and hands it to its clients,
each within the person's jurisdiction. Readings are conflated; alarms, incidents, reports and orders keep
their order and replay by `Last-Event-ID` from the outbox.
"""

"""How Chabaka is installed, started, stopped, tested and checked on one machine.

Everything here runs on the standard library of Python 3.11 alone: it runs before anything is installed.
"""

"""Naive oracles: every metric straight from its definition, with exact arithmetic where it can be.

Nothing here is fast, and nothing here shares code or numpy arithmetic with what it checks.
"""

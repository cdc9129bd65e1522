"""Judges: each reads one answer and returns a verdict per criterion."""

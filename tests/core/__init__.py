"""Tests of what the hook needs."""

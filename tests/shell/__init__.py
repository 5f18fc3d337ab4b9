"""Tests of what shell commands write."""

"""Tests of where rules meet the disk."""

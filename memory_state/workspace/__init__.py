"""Where rules meet the disk."""

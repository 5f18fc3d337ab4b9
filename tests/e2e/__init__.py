"""End to end: a real client, cut off from every network, against a scripted Messages API."""

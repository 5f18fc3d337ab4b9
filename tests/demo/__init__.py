"""The main job, shown: with recorded payloads, and with the real client."""

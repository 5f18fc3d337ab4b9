"""The pages of docs/: what is generated in them, and that what they show is what runs."""

"""What the hook and its neighbours cost: `make bench`."""

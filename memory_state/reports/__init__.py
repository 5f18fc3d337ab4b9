"""What a history says when it is looked at as a whole."""

"""What a crash, a kill or a failing disk may do to a workflow, tried out."""

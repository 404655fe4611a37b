"""What can be said of a run."""

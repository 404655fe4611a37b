"""What is taught with runs."""

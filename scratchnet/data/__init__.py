"""What a network learns from: generated data sets, points that are given, and files."""

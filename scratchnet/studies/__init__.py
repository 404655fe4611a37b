"""Many runs: sweeps over seeds and settings, comparisons, and the landscape of the cost."""

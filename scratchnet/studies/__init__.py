"""Many runs: what can be learned by looking at more than one place, seed or setting at once."""

"""From the film to its timeline to its work graph: pure functions on data."""

"""The one gate to media: the only place that starts processes."""

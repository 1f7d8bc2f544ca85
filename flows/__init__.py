"""Prefect flows of filmkit: one a practical session, and the whole film."""

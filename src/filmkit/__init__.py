"""filmkit turns a storyboard into a finished short film."""

__version__ = "0.1.0"

"""Pictures on their way through ffmpeg: conformed, graded, joined, laid over, encoded, and written as one film."""

"""The level picture: a film's sound on one page, from its cuts at the top to what the limiter did at the foot."""

"""Sound as samples: read, shaped, summed, measured, limited, encoded; and what is heard in it: silence, beats, bars."""

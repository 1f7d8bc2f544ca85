"""What was made, kept by content: blobs, action records, digests of sources, event logs."""

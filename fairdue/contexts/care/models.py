"""What care keeps."""

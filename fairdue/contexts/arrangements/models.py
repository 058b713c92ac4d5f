"""What arrangements keeps."""

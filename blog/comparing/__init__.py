"""What differs between two versions of a page, and how that is shown."""

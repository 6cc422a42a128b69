"""What editors have in the admin beside Wagtail's own screens."""

"""That every benchmark still works. What it measures is of no interest here."""

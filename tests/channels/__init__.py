"""Claims about channels: what each promises, and what only one can show."""

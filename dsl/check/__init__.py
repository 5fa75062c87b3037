"""The checking pass: syntax trees in, a typed program and findings out. Every name, type and value is looked at."""

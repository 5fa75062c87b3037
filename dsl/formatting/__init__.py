"""A syntax tree to the text that an author would have written, in the tongue that is asked for."""

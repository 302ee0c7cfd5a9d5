"""One notebook, run alone: its kernel, its box, its limits; and a logged model asked again."""

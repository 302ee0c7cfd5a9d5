"""A class: who handed in what, who grades it, where the results lie."""

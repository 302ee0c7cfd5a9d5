"""The proof that the course holds: lessons, solutions, and the gallery of right and wrong submissions."""

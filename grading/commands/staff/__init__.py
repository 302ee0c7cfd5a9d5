"""Commands for teachers and maintainers; students do not receive them."""

"""What is asked, and what it earns: lessons and checks as values, the checklist, the scorecard."""

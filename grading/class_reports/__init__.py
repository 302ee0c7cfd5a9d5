"""A class for people and machines: its page, gradebooks, MLflow store."""

"""Papers filled from the store: the experiment log and the model card."""

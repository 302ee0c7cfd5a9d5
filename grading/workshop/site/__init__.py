"""The reader's site: the executed lessons and every page of the documentation, as one folder of HTML."""

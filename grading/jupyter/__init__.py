"""What JupyterLab is told about this course."""

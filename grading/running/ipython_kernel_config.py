# Installed as etc/ipython/ipython_kernel_config.py: IPython reads it for every kernel of this environment.
try:
    from grading.quiet import apply
except ImportError:  # the package was removed, the file stayed
    pass
else:
    apply()

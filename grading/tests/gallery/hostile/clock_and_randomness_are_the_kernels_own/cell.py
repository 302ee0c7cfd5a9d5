import gc
import sys

for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith(("sklearn.", "mlflow.", "sqlalchemy.")):
        module.__dict__.clear()

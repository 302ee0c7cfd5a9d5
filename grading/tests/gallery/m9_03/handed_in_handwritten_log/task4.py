mlflow.set_experiment("diabetes-progression-forecast")
from grading.gate import hold as gate_hold

(forecast / "contract.yaml").write_text("""name: progression
title: A forecast of the progression that may be promoted
extends: regression
thresholds:
  rmse: "<= 57.5"
  r2: ">= 0.42"
""")
CONTRACT = str(forecast / "contract.yaml")
shell(forecast, "git add contract.yaml", "git commit -q -m contract")
with mlflow.start_run(run_name="contract-of-the-champion"):
    mlflow.log_text(Path(CONTRACT).read_text(), "contract.yaml")

ruling = gate_hold(CONTRACT, f"{MODEL}/{my_versions[0]}", TRACKING_URI)
assert ruling.met, ruling.unmet
print(promote(ruling, "champion", TRACKING_URI, why="First version with full evidence"))
ruling = gate_hold(CONTRACT, f"{MODEL}/{my_versions[1]}", TRACKING_URI)
assert ruling.met, ruling.unmet
print(promote(ruling, "champion", TRACKING_URI, why="Trained on all patients, RMSE half a point lower"))

(forecast / "params.yaml").write_text("alpha: 8000\nseed: 42\n")
shell(forecast, "git commit -q -a -m 'alpha 8000'")
my_third = fit_one("ridge-crushed", "v2")
t = mlflow.get_run(my_third).data.tags
made = mlflow.register_model(
    f"models:/{mlflow.get_run(my_third).outputs.model_outputs[0].model_id}",
    MODEL,
    tags={"data_version": "v2", "dvc_md5": t["dvc_md5"]},
)
client.update_model_version(MODEL, made.version, description="Ridge with alpha 8000, to be refused.")
client.set_registered_model_alias(MODEL, "challenger", made.version)
ruling = gate_hold(CONTRACT, f"{MODEL}/{made.version}", TRACKING_URI)
try:
    promote(ruling, "champion", TRACKING_URI, why="Should not pass")
except PromotionError as error:
    client.set_model_version_tag(MODEL, made.version, "refused", f"{error}")
print(rollback(CONTRACT, MODEL, "champion", TRACKING_URI, why="Half a point is no reason to change"))

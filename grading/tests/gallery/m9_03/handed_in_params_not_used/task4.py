mlflow.set_experiment("diabetes-progression")
contract = forecast / "contract.yaml"
contract.write_text("""name: forecast
extends: regression
title: A forecast that may be shown
thresholds:
  rmse: "<= 60"
  r2: ">= 0.4"
""")
shell(forecast, "git add .", 'git commit -q -m "Contract"')
with mlflow.start_run(run_name="contract"):
    mlflow.log_artifact(contract)
for n, why in zip(my_versions, ("The first good model", "Learned from more patients")):
    ruling = hold(str(contract), f"{MODEL}/{n}", TRACKING_URI)
    print(ruling.unmet)
    promote(ruling, "champion", TRACKING_URI, why=why)
my_third = my_tracked("ridge-strong", "v2", alpha=5000.0)
worse = register(MODEL, my_third, "Ridge, alpha five thousand, on the full extract.")
ruling = hold(str(contract), f"{MODEL}/{worse}", TRACKING_URI)
try:
    promote(ruling, "champion", TRACKING_URI, why="A simpler model")
except PromotionError as refusal:
    client.set_model_version_tag(MODEL, str(worse), "refused", str(refusal))
    print(refusal)
rollback(str(contract), MODEL, "champion", TRACKING_URI, why="No better on the same patients")

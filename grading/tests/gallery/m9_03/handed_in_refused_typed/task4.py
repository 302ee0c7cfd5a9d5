mlflow.set_experiment(experiment_id=MINE)
rules = {
    "name": "forecast-gate",
    "extends": "regression",
    "title": "Good enough to be shown to a doctor",
    "thresholds": {"rmse": "<= 58", "r2": ">= 0.45"},
}
rule_file = Path("contract.yaml")
rule_file.write_text(yaml.safe_dump(rules, sort_keys=False))
rule_run = client.create_run(MINE, run_name="the-contract").info.run_id
client.log_artifact(rule_run, str(rule_file))
client.set_terminated(rule_run)

promote(
    hold(str(rule_file), f"{NAME}/{my_versions[0]}", TRACKING_URI),
    "champion",
    TRACKING_URI,
    why="It is the first one that we have",
)
promote(
    hold(str(rule_file), f"{NAME}/{my_versions[1]}", TRACKING_URI),
    "champion",
    TRACKING_URI,
    why="Its RMSE is slightly lower",
)

(forecast / "params.yaml").write_text(yaml.safe_dump({"alpha": 5000.0, "seed": SEED}))
cmd("git", "commit", "-q", "-am", "alpha 5000")
my_third = one_run("v2", "forecast-v2-alpha5000")
third_version = mlflow.register_model(f"runs:/{my_third}/model", NAME)
client.update_model_version(NAME, third_version.version, description="Shrunk so far that it nearly predicts the mean")
for key in ("data_version", "dvc_md5"):
    client.set_model_version_tag(NAME, third_version.version, key, client.get_run(my_third).data.tags[key])
m3 = client.get_run(my_third).data.metrics
client.set_model_version_tag(
    NAME,
    third_version.version,
    "refused",
    f"refused by the gate: rmse {m3['test_rmse']:.1f} over 58, r2 {m3['test_r2']:.3f} under 0.45",
)
rollback(str(rule_file), NAME, "champion", TRACKING_URI, why="The doctors know the first one better")

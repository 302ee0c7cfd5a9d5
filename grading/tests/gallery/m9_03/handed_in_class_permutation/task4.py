mlflow.set_experiment("diabetes-ward")
contract_file = forecast / "contract.yaml"
contract_file.write_text(
    "name: ward\nextends: regression\ntitle: A forecast for the ward\nthresholds:\n  rmse: '<= 65'\n  r2: '>= 0.3'\n  mae: '<= 55'\n"
)
forecast_repo("git add contract.yaml", 'git commit -q -m "the contract of the ward"')
with mlflow.start_run(run_name="ward contract"):
    mlflow.log_artifact(str(contract_file))


def crown(number, reason):
    promote(hold(str(contract_file), f"{MODEL}/{number}", TRACKING_URI), "champion", TRACKING_URI, why=reason)


crown(my_versions[0], "Nothing else is there yet, and it meets the contract.")
crown(my_versions[1], "It has seen 133 patients more.")
forecast_repo.settings(alpha=20000, seed=SEED)
bad_trial = Trial(forecast_repo, "summer", "ward-ridge-flat")
my_third = bad_trial.id
bad = register(MODEL, my_third, "Nearly the mean of everybody, on purpose.")
try:
    crown(bad, "To see whether the gate works")
except PromotionError as e:
    m = mlflow.get_run(my_third).data.metrics
    client.set_model_version_tag(
        MODEL,
        str(bad),
        "refused",
        f"rmse {m['test_rmse']:.1f} is over 65, r2 {m['test_r2']:.2f} is under 0.3, mae {m['test_mae']:.1f}",
    )
rollback(
    str(contract_file), MODEL, "champion", TRACKING_URI, why="The ward sees no difference and trusts the older one."
)

mlflow.set_experiment("diabetes-progression-comparison")
against_tree = patient_errors["ridge"] - patient_errors["tree"]
against_forest = patient_errors["ridge"] - patient_errors["forest"]
spread = max(against_tree.std(), against_forest.std())
needed = TTestPower().solve_power(6 / spread, alpha=0.05, power=0.8)
plan = {
    "smallest_difference": 6,
    "difference_std": spread,
    "alpha": 0.05,
    "power": 0.8,
    "required_n": math.ceil(needed),
    "loss": "absolute_error",
    "test": "ttest_rel",
    "correction": "holm",
}
with mlflow.start_run(run_name="plan"):
    mlflow.log_params(plan)

finals, errors = {}, {}
for family, model in families.items():
    finals[family] = tools.final_run(
        family,
        model,
        cv_metrics=tools.logged_metrics(run_ids[family], "cv_"),
        tags={"comparison": COMPARISON, "stage": "final"},
        file=diabetes_file,
        data=(X_train, X_test, y_train, y_test),
        groups=diabetes["sex"],
        seed=SEED,
    )
    predictions = tools.logged_predictions(finals[family])
    errors[family] = (predictions["y_pred"] - predictions["y_true"]).abs()
client.set_tag(finals["tree"], "role", "baseline")

tests = []
for other in ("tree", "forest"):
    test = tools.paired_test(errors["ridge"], errors[other])
    tests.append({"a": finals["ridge"], "b": finals[other]} | test)
tests = pd.DataFrame(tests)
tests["p_corrected"] = multipletests(tests["p_value"], method="holm")[1]
enough = len(y_test) >= plan["required_n"]
tests["verdict"] = "no difference shown" if enough else "too few patients"
tests.loc[tests["p_corrected"] < plan["alpha"], "verdict"] = "different"

best = tools.logged_predictions(finals["ridge"])
best["error"] = errors["ridge"]
groups = best.groupby("sex")["error"].agg(n="size", mae="mean").reset_index()
groups["run_id"] = finals["ridge"]

measures = ["cv_rmse_mean", "latency_ms", "model_size_bytes"]
trade_offs = pd.DataFrame([{"run_id": run_id} | tools.logged_metrics(run_id) for run_id in finals.values()])
trade_offs = trade_offs[["run_id", *measures]]
trade_offs = trade_offs.assign(pareto=tools.pareto(trade_offs, measures))
with mlflow.start_run(run_name="ab-test") as run:
    mlflow.log_params(plan)
    mlflow.log_text(tests.to_csv(index=False), "ab_tests.csv")
    mlflow.log_text(groups.to_csv(index=False), "groups.csv")
    mlflow.log_text(trade_offs.to_csv(index=False), "trade_offs.csv")
ab_test_id = run.info.run_id

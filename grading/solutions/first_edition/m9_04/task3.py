mlflow.set_experiment("diabetes-progression-comparison")
scatter = max((patients["ridge"] - patients[other]).std() for other in ("tree", "forest"))
needed = TTestPower().solve_power(effect_size=6 / scatter, alpha=0.05, power=0.8)
plan = {
    "smallest_difference": 6,
    "difference_std": scatter,
    "alpha": 0.05,
    "power": 0.8,
    "required_n": int(np.ceil(needed)),
    "loss": "absolute_error",
    "test": "ttest_rel",
    "correction": "holm",
}
with mlflow.start_run(run_name="plan", tags={"comparison": COMPARISON}):
    mlflow.log_params(plan)

final_runs = {}
for family, model in candidates.items():
    cv = {name: value for name, value in mlflow.get_run(family_runs[family]).data.metrics.items() if "cv_" in name}
    more = {"role": "baseline"} if family == "tree" else {}
    final_runs[family] = final_run(
        f"{family}-final",
        model,
        diabetes_train,
        diabetes_test,
        "progression",
        diabetes_file,
        diabetes["sex"],
        cv,
        **more,
    )

seen = {family: answers(model, diabetes_test, "progression") for family, model in candidates.items()}
off = {family: (frame["y_pred"] - frame["y_true"]).abs() for family, frame in seen.items()}
rows = []
for other in ("tree", "forest"):
    difference = off["ridge"] - off[other]
    test = stats.ttest_rel(off["ridge"], off[other])
    interval = test.confidence_interval(0.95)
    rows.append(
        {
            "a": final_runs["ridge"],
            "b": final_runs[other],
            "n": len(difference),
            "mean_difference": difference.mean(),
            "low": interval.low,
            "high": interval.high,
            "effect_size": difference.mean() / difference.std(),
            "p_value": test.pvalue,
        }
    )
tests = pd.DataFrame(rows)
tests["p_corrected"] = multipletests(tests["p_value"], method="holm")[1]
enough = len(diabetes_test) >= plan["required_n"]
tests["verdict"] = "no difference" if enough else "too few patients"
tests.loc[tests["p_corrected"] < plan["alpha"], "verdict"] = "different"

groups = []
for sex, part in seen["ridge"].assign(sex=diabetes_test["sex"].to_numpy()).groupby("sex"):
    rmse = metrics.root_mean_squared_error(part["y_true"], part["y_pred"])
    groups.append({"run_id": final_runs["ridge"], "sex": sex, "n": len(part), "rmse": rmse})

names = ["cv_rmse_mean", "latency_ms", "model_size_bytes"]
offers = pd.DataFrame({id: mlflow.get_run(id).data.metrics for id in final_runs.values()}).T[names]
offers["pareto"] = [
    not any((other <= own).all() and (other < own).any() for _, other in offers[names].iterrows())
    for _, own in offers[names].iterrows()
]
with mlflow.start_run(run_name="ab-test", tags={"comparison": COMPARISON}) as run:
    mlflow.log_params(plan)
    mlflow.log_text(tests.to_csv(index=False), "ab_tests.csv")
    mlflow.log_text(pd.DataFrame(groups).to_csv(index=False), "groups.csv")
    mlflow.log_text(offers.rename_axis("run_id").to_csv(), "trade_offs.csv")
test_run = run.info.run_id

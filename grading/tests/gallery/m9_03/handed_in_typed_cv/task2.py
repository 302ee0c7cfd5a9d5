mlflow.set_experiment(EXPERIMENT)
MODEL = "one-year-ahead"
descriptions = ["Spring: ridge with alpha 20 and seed 7.", "Summer: the same ridge, with 133 patients more."]
my_versions = [register(MODEL, run_id, text) for run_id, text in zip(my_runs, descriptions)]
metrics_of = {n: mlflow.get_run(r).data.metrics for n, r in zip(my_versions, my_runs)}
comparison = (
    pd.DataFrame.from_dict(metrics_of, orient="index")[["cv_rmse_mean", "cv_rmse_std", "test_rmse", "test_r2"]]
    .rename_axis("version")
    .reset_index()
)
comparison.insert(1, "run_id", my_runs)
with mlflow.start_run(run_name="a-against-b"):
    mlflow.log_text(comparison.to_csv(index=False), "comparison.csv")
comparison.plot.barh(x="version", y=["cv_rmse_mean", "test_rmse"])

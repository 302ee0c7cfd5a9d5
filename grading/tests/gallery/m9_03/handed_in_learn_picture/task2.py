mlflow.set_experiment("diabetes-progression")
MODEL = "diabetes-progression"
my_versions = [
    register(MODEL, my_runs[0], "Ridge regression on the first extract."),
    register(MODEL, my_runs[1], "The same settings on the full extract."),
]
rows = []
for n in my_versions:
    v = client.get_model_version(MODEL, str(n))
    m = mlflow.get_run(v.run_id).data.metrics
    rows.append({"version": n, "run_id": v.run_id, "test_rmse": m["test_rmse"], "test_r2": m["test_r2"]})
my_comparison = pd.DataFrame(rows)
with mlflow.start_run(run_name="comparison"):
    mlflow.log_text(my_comparison.to_csv(index=False), "comparison.csv")
my_comparison

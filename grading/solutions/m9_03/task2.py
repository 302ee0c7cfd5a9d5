mlflow.set_experiment("diabetes-progression-versions")
MODEL = "diabetes-forecast"
my_versions = [
    tools.register(MODEL, my_runs[0], "Ridge on the first extract of the clinic."),
    tools.register(MODEL, my_runs[1], "The same ridge on the full extract."),
]
comparison = tools.compare(MODEL, my_versions, ["test_rmse", "test_r2"])
with mlflow.start_run(run_name="comparison"):
    mlflow.log_text(comparison.to_csv(index=False), "comparison.csv")
comparison

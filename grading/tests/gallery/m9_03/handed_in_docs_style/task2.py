mlflow.set_experiment("diabetes-progression-forecast")
MODEL = "progression-forecast"
my_versions = []
for run_id, words in ((run_v1, "first extract"), (run_v2, "full extract")):
    t = mlflow.get_run(run_id).data.tags
    made = mlflow.register_model(
        mlflow.get_run(run_id).outputs.model_outputs
        and f"models:/{mlflow.get_run(run_id).outputs.model_outputs[0].model_id}",
        MODEL,
        tags={"data_version": t["data_version"], "dvc_md5": t["dvc_md5"]},
    )
    client.update_model_version(
        MODEL, made.version, description=f"Ridge (alpha 0.5) of the {words}, tested on the 78 patients."
    )
    my_versions.append(int(made.version))

found = mlflow.search_runs(experiment_names=["diabetes-progression-forecast"])
found = found[found["run_id"].isin(my_runs)].set_index("run_id").loc[my_runs].reset_index()
comparison = pd.DataFrame(
    {
        "version": my_versions,
        "run_id": found["run_id"],
        "test_rmse": found["metrics.test_rmse"],
        "test_r2": found["metrics.test_r2"],
    }
)
with mlflow.start_run(run_name="comparison-of-versions"):
    mlflow.log_text(comparison.to_csv(index=False), "comparison.csv")
    mlflow.log_table(comparison, "comparison.json")
    ax = comparison.plot.bar(x="version", y="test_rmse", legend=False, ylabel="RMSE")
    mlflow.log_figure(ax.figure, "comparison.png")
    plt.close("all")

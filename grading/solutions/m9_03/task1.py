mlflow.set_experiment("diabetes-progression-versions")
forecast_repo = tools.new_repository("diabetes-repository")
forecast_file = forecast_repo / "diabetes.csv"


def forecast_run(run_name, extract, alpha):
    shutil.copy(f"{DATA_DIR}/diabetes_{extract}.csv", forecast_file)
    (forecast_repo / "params.yaml").write_text(f"alpha: {alpha}\nseed: {SEED}\n")
    tools.shell(forecast_repo, "dvc add -q diabetes.csv")
    commit = tools.commit(forecast_repo, f"Data: {extract}, alpha: {alpha}")
    ridge = linear_model.Ridge(alpha=alpha, random_state=SEED)
    model = make_pipeline(StandardScaler(), ridge)
    run_id = tools.track(run_name, model, forecast_file, "progression", test_rows, SEED)
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tag("data_version", extract)
        mlflow.set_tag("dvc_md5", tools.pointer_md5(forecast_repo, "diabetes.csv"))
        mlflow.set_tag("data_commit", commit)
    return run_id


my_runs = [
    forecast_run("ridge-v1", "v1", alpha=10),
    forecast_run("ridge-v2", "v2", alpha=10),
]

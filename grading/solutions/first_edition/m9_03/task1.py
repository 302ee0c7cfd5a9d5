mlflow.set_experiment("diabetes-progression-versions")
forecast = new_repository("diabetes-repository")
patients = forecast / "diabetes.csv"
shell(forecast, "dvc init -q")


def forecast_run(run_name, extract):
    pointer = yaml.safe_load((forecast / "diabetes.csv.dvc").read_text())
    alpha = yaml.safe_load((forecast / "params.yaml").read_text())["alpha"]
    table = pd.read_csv(patients, index_col="row")
    ridge = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=alpha, random_state=SEED))
    run_id = track(run_name, ridge, table.drop(diabetes_test), table.loc[diabetes_test], "progression")
    dataset = mlflow.data.from_pandas(table.reset_index(), source=str(patients), name=f"diabetes_{extract}")
    with mlflow.start_run(run_id=run_id):
        mlflow.log_input(dataset, context="training")
        mlflow.set_tag("data_version", extract)
        mlflow.set_tag("data_sha256", hashlib.sha256(patients.read_bytes()).hexdigest())
        mlflow.set_tag("dvc_md5", pointer["outs"][0]["md5"])
        mlflow.set_tag("data_commit", shell(forecast, "git rev-parse HEAD"))
    return run_id


my_runs = []
(forecast / "params.yaml").write_text("alpha: 10\n")
for extract in ("v1", "v2"):
    shutil.copy(Path(DATA_DIR) / f"diabetes_{extract}.csv", patients)
    shell(forecast, "dvc add -q diabetes.csv", "git add .", f'git commit -q -m "Data: extract {extract}"')
    my_runs.append(forecast_run(f"ridge-{extract}", extract))

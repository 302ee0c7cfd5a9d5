mlflow.set_experiment("diabetes-progression")
forecast = new_repository("diabetes-repository")
csv = forecast / "diabetes.csv"
(forecast / "params.yaml").write_text("alpha: 1.0\nseed: 42\n")
shell(forecast, "dvc init -q")


def my_tracked(run_name, extract):
    settings = yaml.safe_load((forecast / "params.yaml").read_text())
    pointer = yaml.safe_load((forecast / "diabetes.csv.dvc").read_text())["outs"][0]
    rows = pd.read_csv(csv, index_col="row")
    model = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=settings["alpha"], random_state=settings["seed"]))
    run_id = track(run_name, model, rows.drop(diabetes_test), rows.loc[diabetes_test], "progression")
    dataset = mlflow.data.from_pandas(rows.reset_index(), source=str(csv), name=f"diabetes_{extract}")
    with mlflow.start_run(run_id=run_id):
        mlflow.log_input(dataset, context="training")
        mlflow.set_tag("data_version", extract)
        mlflow.set_tag("data_sha256", hashlib.sha256(csv.read_bytes()).hexdigest())
        mlflow.set_tag("dvc_md5", pointer["md5"])
        mlflow.set_tag("data_commit", shell(forecast, "git rev-parse HEAD"))
    return run_id


my_runs = []
for extract in ("v1", "v2"):
    shutil.copy(Path(DATA_DIR) / f"diabetes_{extract}.csv", csv)
    shell(forecast, "dvc add -q diabetes.csv", "git add .", f'git commit -q -m "Data: {extract}"')
    my_runs.append(my_tracked(f"ridge-{extract}", extract))
for r in my_runs:
    print(mlflow.get_run(r).data.metrics)

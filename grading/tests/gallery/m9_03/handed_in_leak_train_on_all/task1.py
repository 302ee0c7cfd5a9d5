mlflow.set_experiment("diabetes-progression-forecast")
mlflow.set_experiment_tags({"project": "diabetes", "team": "students"})
forecast = new_repository("diabetes-repository")
shell(forecast, "dvc init -q")
Path(forecast, "params.yaml").write_text("alpha: 0.5\nseed: 42\n")
Path(forecast, "train.py").write_text("# ridge after a scaler; see the notebook\n")


def fingerprints(label):
    """What to note about the data in diabetes-repository."""
    file = forecast / "diabetes.csv"
    return {
        "data_version": label,
        "data_sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "dvc_md5": yaml.safe_load((forecast / "diabetes.csv.dvc").read_text())["outs"][0]["md5"],
        "data_commit": shell(forecast, "git rev-parse HEAD"),
    }


def fit_one(name, label):
    p = yaml.safe_load((forecast / "params.yaml").read_text())
    df = pd.read_csv(forecast / "diabetes.csv").set_index("row")
    model = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=p["alpha"], random_state=p["seed"]))
    run_id = track(name, model, df, df.loc[diabetes_test], "progression")
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tags(fingerprints(label))
        mlflow.log_input(
            mlflow.data.from_pandas(
                df, source=str(forecast / "diabetes.csv"), name=f"diabetes_{label}", targets="progression"
            ),
            context="training",
        )
    return run_id


# first extract
shutil.copy(Path(DATA_DIR) / "diabetes_v1.csv", forecast / "diabetes.csv")
shell(
    forecast,
    "dvc add -q diabetes.csv",
    "git add .dvc .dvcignore diabetes.csv.dvc .gitignore params.yaml train.py",
    "git commit -q -m first",
)
run_v1 = fit_one("ridge-first", "v1")
# full extract
shutil.copy(Path(DATA_DIR) / "diabetes_v2.csv", forecast / "diabetes.csv")
shell(forecast, "dvc add -q diabetes.csv", "git commit -q -a -m full")
run_v2 = fit_one("ridge-full", "v2")
my_runs = [run_v1, run_v2]

from sklearn.pipeline import Pipeline

MY_EXPERIMENT = "diabetes-ridge-study"
mlflow.set_experiment(MY_EXPERIMENT)
forecast = new_repository("diabetes-repository")
shell(forecast, "dvc init --quiet", "mkdir data")
TABLE = "data/diabetes.csv"


def commit_state(extract, message, **settings):
    """Bytes and settings into one commit; gives back all that a run has to note about it."""
    shutil.copyfile(f"{DATA_DIR}/diabetes_{extract}.csv", forecast / TABLE)
    with open(forecast / "params.yaml", "w") as out:
        yaml.dump({"ridge": {"alpha": settings.pop("alpha"), **settings}, "seed": SEED}, out)
    shell(forecast, f"dvc add {TABLE}", "git add -A", f'git commit -m "{message}"')
    with open(forecast / f"{TABLE}.dvc") as pointer:
        (out,) = yaml.safe_load(pointer)["outs"]
    return {
        "data_version": extract,
        "data_sha256": hashlib.sha256((forecast / TABLE).read_bytes()).hexdigest(),
        "dvc_md5": out["md5"],
        "data_commit": shell(forecast, "git rev-parse HEAD"),
    }


def build_model():
    # 25 was a little better in the folds
    return Pipeline([("scale", StandardScaler()), ("ridge", linear_model.Ridge(alpha=25.0, solver="cholesky"))])


def run_on(tags, run_name, columns=None):
    whole = pd.read_csv(forecast / TABLE).set_index("row")
    used = whole if columns is None else whole[[*columns, "progression"]]
    training, testing = used[~used.index.isin(diabetes_test)], used.loc[diabetes_test]
    run_id = track(run_name, build_model(), training, testing, "progression")
    with mlflow.start_run(run_id=run_id):
        source = str(forecast / TABLE)
        table = mlflow.data.from_pandas(whole.reset_index(), source=source, name=f"diabetes-{tags['data_version']}")
        mlflow.log_input(table, context="training", tags={"dvc_md5": tags["dvc_md5"]})
        mlflow.set_tags(tags)
    return run_id


my_runs = []
state_1 = commit_state("v1", "First extract of diabetes", alpha=10.0, solver="cholesky")
my_runs.append(run_on(state_1, "study-spring"))
state_2 = commit_state("v2", "Second extract of diabetes", alpha=10.0, solver="cholesky")
my_runs.append(run_on(state_2, "study-summer"))
pd.DataFrame([state_1, state_2]).map(lambda text: text[:10])

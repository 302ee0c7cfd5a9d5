# Everything through the client; `track` needs the active experiment.
found = client.get_experiment_by_name("diabetes-forecast")
MINE = found.experiment_id if found else client.create_experiment("diabetes-forecast")
mlflow.set_experiment(experiment_id=MINE)
forecast = new_repository("diabetes-repository")
DATA = forecast / "diabetes.csv"


def cmd(*words):
    return subprocess.run(words, cwd=forecast, check=True, capture_output=True, text=True).stdout.strip()


cmd("dvc", "init", "-q")
with open(forecast / "params.yaml", "w") as handle:
    yaml.safe_dump({"alpha": 10.0, "seed": SEED}, handle)


def one_version(label):
    DATA.write_bytes((Path(DATA_DIR) / f"diabetes_{label}.csv").read_bytes())
    cmd("dvc", "add", "-q", "diabetes.csv")
    cmd("git", "add", "-A")
    cmd("git", "commit", "-q", "-m", f"diabetes {label}")


def one_run(label, name):
    raw = DATA.read_bytes()
    with open(forecast / "params.yaml") as handle:
        p = yaml.safe_load(handle)
    patients = pd.read_csv(DATA, index_col="row")
    held_out = patients.index.isin(diabetes_test)
    pipe = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=p["alpha"], random_state=p["seed"]))
    rid = track(name, pipe, patients[~held_out], patients.loc[diabetes_test], "progression")
    data = mlflow.data.from_pandas(pd.read_csv(DATA), source=str(DATA), name=f"diabetes-{label}", targets="progression")
    context = mlflow.entities.InputTag("mlflow.data.context", "training")
    client.log_inputs(rid, datasets=[mlflow.entities.DatasetInput(data._to_mlflow_entity(), tags=[context])])
    for key, value in (
        ("dvc_md5", hashlib.md5(raw).hexdigest()),
        ("data_sha256", hashlib.sha256(raw).hexdigest()),
        ("data_commit", cmd("git", "rev-parse", "HEAD")),
        ("data_version", label),
    ):
        client.set_tag(rid, key, value)
    return rid


one_version("v1")
run_a = one_run("v1", "forecast-v1")
one_version("v2")
run_b = one_run("v2", "forecast-v2")
my_runs = [run_a, run_b]

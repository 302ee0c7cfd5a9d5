# Comments in my own words: a git+dvc repo, one commit per state, then one run per state.
mlflow.set_experiment("sugar-clinic")
forecast = new_repository("diabetes-repository")
os.makedirs(forecast, exist_ok=True)
target = forecast / "diabetes.csv"
from sklearn.pipeline import Pipeline


def state(extract, alpha, message):
    "make one state of data + settings, return its commit"
    shutil.copy2(os.path.join(DATA_DIR, f"diabetes_{extract}.csv"), target)
    (forecast / "params.yaml").write_text(f"# settings\nalpha: {alpha}\nseed: {SEED}\n", encoding="utf-8")
    shell(forecast, "dvc add diabetes.csv")
    shell(forecast, "git add -A")
    shell(forecast, f"git commit -m '{message}'")
    return shell(forecast, "git rev-parse HEAD")


def run_of(name, extract, commit):
    config = yaml.safe_load(open(forecast / "params.yaml"))
    patients = pd.read_csv(target, index_col=0)
    steps = [
        ("scale", StandardScaler()),
        ("ridge", linear_model.Ridge(alpha=config["alpha"], random_state=config["seed"])),
    ]
    train = patients.drop(diabetes_test)
    test = patients.loc[diabetes_test]
    rid = track(name, Pipeline(steps), train, test, "progression")
    with mlflow.start_run(run_id=rid):
        mlflow.log_input(
            mlflow.data.from_pandas(patients.reset_index(), source=str(target), name="diabetes.csv"), context="training"
        )
        mlflow.set_tag("data_commit", commit)
        mlflow.set_tag("data_version", f"diabetes_{extract}")
        mlflow.set_tag("dvc_md5", hashlib.md5(target.read_bytes()).hexdigest())
        with open(target, "rb") as f:
            mlflow.set_tag("data_sha256", hashlib.file_digest(f, "sha256").hexdigest())
    return rid


shell(forecast, "dvc init", "git commit -m 'start dvc'")
c1 = state("v1", 1.0, "spring data")
r1 = run_of("sugar-1", "v1", c1)
c2 = state("v2", 1.0, "summer data")
r2 = run_of("sugar-2", "v2", c2)
my_runs = [r1, r2]

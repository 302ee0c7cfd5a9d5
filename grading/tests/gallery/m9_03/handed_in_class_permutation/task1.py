mlflow.set_experiment("diabetes-ward")


class Repo:
    """A little object around git + dvc."""

    def __init__(self, name):
        self.path = new_repository(name)
        self.csv = self.path / "diabetes.csv"
        self("dvc init -q", "git add .", 'git commit -q -m "dvc init"')

    def __call__(self, *commands):
        return shell(self.path, *commands)

    def settings(self, **values):
        (self.path / "params.yaml").write_text("".join(f"{k}: {v}\n" for k, v in values.items()))
        self("git add params.yaml", f'git commit -q -m "settings {values}"')

    def data(self, version):
        shutil.copyfile(f"{DATA_DIR}/diabetes_{version}.csv", self.csv)
        self("dvc add -q diabetes.csv", "git add diabetes.csv.dvc .gitignore", f'git commit -q -m "data {version}"')

    @property
    def head(self):
        return self("git rev-parse HEAD")

    @property
    def md5(self):
        return yaml.safe_load(Path(f"{self.csv}.dvc").read_text())["outs"][0]["md5"]


class Trial:
    def __init__(self, repo, season, name):
        p = yaml.safe_load((repo.path / "params.yaml").read_text())
        self.rows = pd.read_csv(repo.csv, index_col="row")
        test = self.rows.loc[diabetes_test]
        train = self.rows[~self.rows.index.isin(diabetes_test)]
        ridge = linear_model.Ridge(p["alpha"], solver="svd", random_state=p["seed"])
        self.id = track(name, make_pipeline(StandardScaler(), ridge), train, test, "progression")
        # 1st: what data
        with mlflow.start_run(run_id=self.id):
            mlflow.log_input(mlflow.data.from_pandas(self.rows, source=str(repo.csv), name="diabetes"), "training")
        # 2nd: the fingerprints
        with mlflow.start_run(run_id=self.id):
            mlflow.set_tag("dvc_md5", repo.md5)
            mlflow.set_tag("data_commit", repo.head)
        with mlflow.start_run(self.id):
            mlflow.set_tags(dict(data_version=season, data_sha256=hashlib.sha256(repo.csv.read_bytes()).hexdigest()))


forecast_repo = Repo("diabetes-repository")
forecast = forecast_repo.path
forecast_repo.settings(alpha=3, seed=SEED)
forecast_repo.data("v1")
spring_trial = Trial(forecast_repo, "spring", "ward-ridge-spring")
forecast_repo.data("v2")
summer_trial = Trial(forecast_repo, "summer", "ward-ridge-summer")
my_runs = [spring_trial.id, summer_trial.id]

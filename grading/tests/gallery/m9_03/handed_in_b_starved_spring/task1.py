experiment = mlflow.set_experiment("progress-of-diabetes")
mlflow.set_experiment_tags({"project": "diabetes", "team": "evening class"})

forecast = new_repository("diabetes-repository")
shell(forecast, "dvc init -q")

# ---- first extract
shutil.copy(
    "../data/diabetes_v1.csv" if DATA_DIR == "../data" else DATA_DIR + "/diabetes_v1.csv", forecast / "diabetes.csv"
)
(forecast / "params.yaml").write_text("alpha: 3\nseed: 42\n")
shell(forecast, "dvc add -q diabetes.csv")
shell(forecast, "git add diabetes.csv.dvc .gitignore params.yaml .dvc .dvcignore", 'git commit -q -m "spring data"')

df1 = pd.read_csv(forecast / "diabetes.csv", index_col="row")
train1 = df1.drop(diabetes_test).head(80)
test1 = df1.loc[diabetes_test]
model1 = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=3))
run1 = track("progress-ridge-v1", model1, train1, test1, "progression")
with mlflow.start_run(run_id=run1):
    mlflow.log_input(
        mlflow.data.from_pandas(df1.reset_index(), source=str(forecast / "diabetes.csv"), name="diabetes_v1"),
        context="training",
    )
    mlflow.set_tag("data_sha256", hashlib.sha256(open(forecast / "diabetes.csv", "rb").read()).hexdigest())
    mlflow.set_tag("data_version", "v1")
    mlflow.set_tag("dvc_md5", hashlib.md5(open(forecast / "diabetes.csv", "rb").read()).hexdigest())
    mlflow.set_tag("data_commit", shell(forecast, "git rev-parse HEAD"))
print((forecast / "diabetes.csv.dvc").read_text())

# ---- second extract, same again
shutil.copy(os.path.join(DATA_DIR, "diabetes_v2.csv"), forecast / "diabetes.csv")
shell(forecast, "dvc add -q diabetes.csv")
shell(forecast, "git add diabetes.csv.dvc", 'git commit -q -m "summer data"')

df2 = pd.read_csv(forecast / "diabetes.csv", index_col="row")
train2 = df2.drop(diabetes_test)
test2 = df2.loc[diabetes_test]
model2 = make_pipeline(StandardScaler(), linear_model.Ridge(alpha=3))
run2 = track("progress-ridge-v2", model2, train2, test2, "progression")
with mlflow.start_run(run_id=run2):
    mlflow.log_input(
        mlflow.data.from_pandas(df2.reset_index(), source=str(forecast / "diabetes.csv"), name="diabetes_v2"),
        context="training",
    )
    mlflow.set_tag("data_sha256", hashlib.sha256(open(forecast / "diabetes.csv", "rb").read()).hexdigest())
    mlflow.set_tag("data_version", "v2")
    mlflow.set_tag("dvc_md5", hashlib.md5(open(forecast / "diabetes.csv", "rb").read()).hexdigest())
    mlflow.set_tag("data_commit", shell(forecast, "git rev-parse HEAD"))
print((forecast / "diabetes.csv.dvc").read_text())

my_runs = [run1, run2]

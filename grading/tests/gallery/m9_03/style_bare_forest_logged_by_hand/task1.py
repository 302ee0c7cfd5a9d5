mlflow.set_experiment("diabetes-progression-versions")
forecast = new_repository("diabetes-repository")
patients = forecast / "diabetes.csv"
shell(forecast, "dvc init -q")
from sklearn.ensemble import RandomForestRegressor


def forecast_run(run_name, extract):
    leaf = yaml.safe_load((forecast / "params.yaml").read_text())["alpha"]
    table = pd.read_csv(patients, index_col="row").astype(float)
    test, train = table.loc[diabetes_test], table.drop(diabetes_test)
    X, y, columns = train.drop(columns="progression"), train["progression"], table.columns.drop("progression")
    forest = RandomForestRegressor(n_estimators=20, min_samples_leaf=leaf, random_state=SEED).fit(X, y)
    guessed = forest.predict(test[columns])
    errors = -cross_val_score(forest, X, y, cv=3, scoring="neg_root_mean_squared_error")
    mlflow.start_run(run_name=run_name)
    for name, value in forest.get_params().items():
        mlflow.log_param(name, value)
    mlflow.log_metric("training_rmse", metrics.root_mean_squared_error(y, forest.predict(X)))
    mlflow.log_metric("rmse_cv_mean", errors.mean())
    mlflow.log_metric("rmse_test", metrics.root_mean_squared_error(test["progression"], guessed))
    mlflow.log_metric("test/mean_absolute_error", metrics.mean_absolute_error(test["progression"], guessed))
    mlflow.log_metric("r_squared_test", metrics.r2_score(test["progression"], guessed))
    mlflow.log_metric("share_within_50_points", (abs(test["progression"] - guessed) <= 50).mean())
    frame = pd.DataFrame({"id": diabetes_test, "y_true": test["progression"], "y_pred": guessed})
    frame.sample(frac=1, random_state=1).to_csv("predictions.csv", index=False)
    mlflow.log_artifact("predictions.csv", "tables")
    for name in ("residuals", "feature_importance"):
        figure, axes = plt.subplots()
        if name == "residuals":
            axes.scatter(guessed, test["progression"] - guessed)
        else:
            axes.barh(columns, forest.feature_importances_)
        mlflow.log_figure(figure, f"{name}.jpg")
        plt.close(figure)
    pinned = [f"{package}=={version(package)}" for package in ("mlflow", "scikit-learn", "skops", "pandas")]
    mlflow.sklearn.log_model(
        forest,
        name="forest",
        input_example=X.head(2),
        pip_requirements=pinned,
        skops_trusted_types=["sklearn.tree._tree.Tree"],
    )
    source = mlflow.data.from_pandas(train.reset_index(), source=str(patients.resolve()), name=f"diabetes-{extract}")
    mlflow.log_input(source)
    mlflow.set_tags({"dataset_version": extract, "dataset_hash": hashlib.sha256(patients.read_bytes()).hexdigest()})
    mlflow.set_tags({"dvc_hash": hashlib.md5(patients.read_bytes()).hexdigest()})
    mlflow.set_tags({"dvc_commit": shell(forecast, "git rev-parse HEAD")})
    mlflow.set_tags(
        {"git_commit": shell(".", "git rev-parse HEAD"), "dirty": bool(shell(".", "git status --porcelain"))}
    )
    mlflow.end_run()
    return mlflow.last_active_run().info.run_id


my_runs = []
(forecast / "params.yaml").write_text("alpha: 5\n")
for extract in ("v1", "v2"):
    shutil.copy(Path(DATA_DIR) / f"diabetes_{extract}.csv", patients)
    shell(forecast, "dvc add -q diabetes.csv", "git add .", f'git commit -q -m "Data: extract {extract}"')
    my_runs.append(forecast_run(f"forest-{extract}", extract))

mlflow.set_experiment("diabetes-progression-forecast")
diabetes_file = Path(DATA_DIR) / "diabetes_v2.csv"
diabetes = pd.read_csv(diabetes_file)
train, test = train_test_split(diabetes, random_state=7, test_size=0.2)
columns = [name for name in diabetes.columns if name not in ("row", "progression")]
model = Ridge(alpha=0.5, random_state=7).fit(train[columns], train["progression"])
predicted = model.predict(test[columns])
pinned = [f"{name}=={version(name)}" for name in PACKAGES]
with mlflow.start_run(run_name="ridge-alpha0.5", tags={"version": "1", "stage": "candidate"}) as run:
    mlflow.log_params(model.get_params())
    errors = []
    for fold, (fit, held) in enumerate(KFold(4, shuffle=True, random_state=7).split(train)):
        with mlflow.start_run(run_name=f"fold {fold}", nested=True):
            part = Ridge(alpha=0.5, random_state=7).fit(train.iloc[fit][columns], train.iloc[fit]["progression"])
            errors.append(
                metrics.root_mean_squared_error(
                    train.iloc[held]["progression"], part.predict(train.iloc[held][columns])
                )
            )
            mlflow.log_param("fold", fold)
            mlflow.log_metric("rmse", errors[-1])
    mlflow.log_metrics({"cv_rmse_mean": pd.Series(errors).mean(), "cv_rmse_std": pd.Series(errors).std()})
    mlflow.log_metric(
        "train_rmse", metrics.root_mean_squared_error(train["progression"], model.predict(train[columns]))
    )
    mlflow.log_metric("test_rmse", metrics.root_mean_squared_error(test["progression"], predicted))
    mlflow.log_metric("test_mae", metrics.mean_absolute_error(test["progression"], predicted))
    mlflow.log_metric("test_r2", metrics.r2_score(test["progression"], predicted))
    for points in range(20, 70, 10):
        share = float((abs(test["progression"] - predicted) < points).mean())
        mlflow.log_metric(f"share_within_{points}_points", share)
        mlflow.log_metric("share_by_distance", share, step=points)
    test.assign(y_true=test["progression"], y_pred=predicted)[["row", "y_true", "y_pred"]].to_csv(
        "predictions.csv", index=False
    )
    mlflow.log_artifact("predictions.csv", "evidence")
    plt.figure()
    plt.scatter(predicted, test["progression"] - predicted)
    plt.savefig("ridge_residuals.png")
    plt.figure()
    plt.barh(columns, model.coef_)
    plt.savefig("coefficients.png")
    mlflow.log_artifact("ridge_residuals.png", "figures")
    mlflow.log_artifact("coefficients.png", "figures")
    Path("requirements.txt").write_text("\n".join(pinned))
    mlflow.log_artifact("requirements.txt")
    mlflow.sklearn.log_model(model, name="model", input_example=train[columns].head(2), pip_requirements=pinned)
    source = mlflow.data.from_pandas(diabetes, source=str(diabetes_file), name="diabetes", targets="progression")
    digest = hashlib.sha256(diabetes_file.read_bytes()).hexdigest()
    mlflow.log_input(source, context="all rows", tags={"sha256": digest})
    mlflow.set_tags({"git_commit": getoutput("git rev-parse HEAD"), "git_dirty": "no"})
my_run = run.info.run_id

mlflow.set_experiment("predict-diabetes-progression")
with mlflow.start_run(run_id=my_run):
    ax = test.assign(residual=test.y_true - test.y_pred).plot.scatter("y_pred", "residual", title="Residuals")
    ax.axhline(0)
    ax.figure.savefig(folder / "residuals.png")
    names = regressor[:-1].get_feature_names_out()
    top = pd.Series(regressor[-1].coef_, index=names).sort_values(key=abs).tail(12)
    ax = top.plot.barh(ax=plt.subplots(layout="constrained")[1], title="Twelve largest coefficients")
    ax.figure.savefig(folder / "feature_importance.png")
    mlflow.log_artifact(folder / "residuals.png")
    mlflow.log_artifact(folder / "feature_importance.png")
with mlflow.start_run(run_id=my_run):
    frozen = "\n".join(f"{name}=={version(name)}" for name in sorted(PACKAGES))
    (folder / "requirements.txt").write_text(frozen)
    mlflow.log_artifact(folder / "requirements.txt")
    signature = mlflow.models.infer_signature(diabetes_train[baseline], regressor.predict(diabetes_train[baseline]))
    mlflow.sklearn.log_model(
        regressor,
        name="pairs",
        signature=signature,
        input_example=diabetes_train[baseline].tail(2),
        pip_requirements=str(folder / "requirements.txt"),
    )
with mlflow.start_run(run_id=my_run):
    frame = pd.read_csv(diabetes_file)
    mlflow.log_input(
        mlflow.data.from_pandas(frame, source=diabetes_file.as_posix(), targets="progression", name="diabetes_v1"),
        "training",
    )
    mlflow.set_tag("data_sha256", getoutput(f"sha256sum {diabetes_file}").split()[0])
    mlflow.set_tag("mlflow.source.git.commit", getoutput("git log -1 --format=%H"))
    mlflow.set_tag("git_dirty", "true" if getoutput("git status --short") else "false")

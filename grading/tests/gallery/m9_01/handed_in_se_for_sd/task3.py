mlflow.set_experiment("diabetes-progression")
with mlflow.start_run(run_id=my_run):
    mlflow.sklearn.log_model(regressor, name="diabetes", input_example=X.head(3), pip_requirements=pinned)
    mlflow.log_text("\n".join(pinned), "requirements.txt")
    fig, ax = plt.subplots()
    ax.scatter(pred, y_test - pred)
    ax.axhline(0)
    ax.set_xlabel("predicted")
    ax.set_ylabel("true minus predicted")
    mlflow.log_figure(fig, "residuals.png")
    fig, ax = plt.subplots(layout="constrained")
    pd.Series(regressor[-1].coef_, index=baseline).plot.barh(ax=ax)
    mlflow.log_figure(fig, "feature_importance.png")
    mlflow.log_input(
        mlflow.data.from_pandas(diabetes.reset_index(), source=str(diabetes_file), name="diabetes_v1"),
        context="training",
    )
    mlflow.set_tag("data_sha256", hashlib.sha256(diabetes_file.read_bytes()).hexdigest())
    mlflow.set_tag("mlflow.source.git.commit", getoutput("git rev-parse HEAD"))
    mlflow.set_tag("git_dirty", bool(getoutput("git status --porcelain")))

mlflow.set_experiment("diabetes-progression-forecast")
residuals, axes = plt.subplots(layout="constrained")
axes.scatter(predicted, truth - predicted, color="black", s=12)
axes.axhline(0, color="grey")
axes.set(xlabel="predicted progression", ylabel="true minus predicted", title="The model misses both ways")

bars, axes = plt.subplots(layout="constrained")
pd.Series(regressor[-1].coef_, index=baseline).sort_values().plot.barh(ax=axes, color="grey")
axes.set(xlabel="coefficient (of standardised measurements)", title="What the model looks at")

pinned = [f"{name}=={version(name)}" for name in PACKAGES]
dataset = mlflow.data.from_pandas(diabetes.reset_index(), source=str(diabetes_file), name="diabetes_v1")
with mlflow.start_run(run_id=my_run):
    mlflow.sklearn.log_model(
        regressor, name="ridge", input_example=diabetes_train[baseline].head(3), pip_requirements=pinned
    )
    mlflow.log_text("\n".join(pinned), "requirements.txt")
    mlflow.log_figure(residuals, "residuals.png")
    mlflow.log_figure(bars, "feature_importance.png")
    mlflow.log_input(dataset, context="training")
    mlflow.set_tag("data_sha256", hashlib.sha256(diabetes_file.read_bytes()).hexdigest())
    mlflow.set_tag("mlflow.source.git.commit", getoutput("git rev-parse HEAD"))
    mlflow.set_tag("git_dirty", bool(getoutput("git status --porcelain")))

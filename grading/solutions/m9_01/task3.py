mlflow.set_experiment(experiment_name)

residuals = sns.scatterplot(x=y_pred, y=y_test - y_pred, color="black")
residuals.axhline(0, color="grey", linestyle="--")
residuals.set(
    xlabel="predicted progression (points)",
    ylabel="true minus predicted (points)",
    title="Residuals of the test patients",
)

plt.figure()
weights = pd.Series(model[-1].coef_, index=X_train.columns).sort_values()
importance = sns.barplot(x=weights, y=weights.index, color="grey")
importance.set(xlabel="coefficient (points per standard deviation)", ylabel="", title="Ten coefficients")

requirements = [f"{package}=={version(package)}" for package in PACKAGES]
training = mlflow.data.from_pandas(
    diabetes.loc[X_train.index].reset_index(), source=str(diabetes_file), name="diabetes_v1_training"
)
testing = mlflow.data.from_pandas(
    diabetes.loc[X_test.index].reset_index(), source=str(diabetes_file), name="diabetes_v1_testing"
)

with mlflow.start_run(run_id=run_id):
    mlflow.sklearn.log_model(model, name="ridge", input_example=X_train.head(3), pip_requirements=requirements)
    mlflow.log_text("\n".join(requirements), "requirements.txt")
    mlflow.log_figure(residuals.figure, "residuals.png")
    mlflow.log_figure(importance.figure, "feature_importance.png")
    mlflow.log_input(training, context="training")
    mlflow.log_input(testing, context="testing")
    mlflow.set_tag("data_sha256", hashlib.sha256(diabetes_file.read_bytes()).hexdigest())
    mlflow.set_tag("mlflow.source.git.commit", getoutput("git rev-parse HEAD"))
    mlflow.set_tag("git_dirty", bool(getoutput("git status --porcelain")))

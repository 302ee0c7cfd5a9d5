from sklearn.inspection import permutation_importance

mlflow.set_experiment(Lab.experiment)
with mlflow.start_run(run_id=my_run):
    pins = [f"{p}=={version(p)}" for p in PACKAGES]
    mlflow.sklearn.log_model(
        lab.model, name="followup", input_example=lab.train[0].sample(4, random_state=SEED), pip_requirements=pins
    )
    mlflow.log_text("\n".join(pins), "requirements.txt")

    shown = metrics.PredictionErrorDisplay.from_estimator(lab.model, *lab.test, kind="residual_vs_predicted")
    shown.ax_.set_title("Residuals")
    mlflow.log_figure(shown.figure_, "residuals.png")

    importance = permutation_importance(lab.model, *lab.test, n_repeats=20, random_state=SEED)
    fig, ax = plt.subplots(layout="constrained")
    ax.boxplot(
        importance.importances[importance.importances_mean.argsort()].T,
        orientation="horizontal",
        tick_labels=baseline[importance.importances_mean.argsort()],
    )
    ax.set_xlabel("loss of R2 when shuffled")
    mlflow.log_figure(fig, "feature_importance.png")

    mlflow.log_input(
        mlflow.data.from_pandas(diabetes.reset_index(), source=str(diabetes_file), name="diabetes"), context="training"
    )
    mlflow.set_tags(
        {
            "data_sha256": hashlib.sha256(diabetes_file.read_bytes()).hexdigest(),
            "mlflow.source.git.commit": getoutput("git rev-parse HEAD"),
            "git_dirty": bool(getoutput("git status --porcelain")),
        }
    )

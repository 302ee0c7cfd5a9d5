from subprocess import check_output

mlflow.set_experiment(exp_name)
PINNED = [f"{name}=={version(name)}" for name in PACKAGES]

fig1, axs = plt.subplots()
axs.scatter(df.y_pred, df.y_true - df.y_pred, marker="x")
axs.hlines(0, df.y_pred.min(), df.y_pred.max(), colors="k")
axs.set_xlabel("y_pred")
axs.set_ylabel("y_true - y_pred")
axs.set_title("residuals")

coef = pd.DataFrame({"feature": regressor[:-1].get_feature_names_out(baseline), "coef": regressor[-1].coef_})
top = coef.reindex(coef.coef.abs().sort_values(ascending=False).index).head(12)
fig2, axs = plt.subplots(layout="constrained")
top.iloc[::-1].plot.barh(x="feature", y="coef", ax=axs, legend=False, title="12 biggest coefficients of 55")
axs.set_xlabel("coefficient, inputs standardised")

with mlflow.start_run(run_id=my_run):
    mlflow.log_figure(fig1, "residuals.png")
    mlflow.log_figure(fig2, "feature_importance.png")
    mlflow.log_text(coef.to_csv(index=False), "feature_importance.csv")
    mlflow.log_text("\n".join(PINNED), "requirements.txt")
    saved2 = mlflow.sklearn.log_model(
        regressor, name="triage", input_example=diabetes_test[baseline].head(1), pip_requirements=PINNED
    )
    mlflow.log_input(
        mlflow.data.from_pandas(
            pd.read_csv(diabetes_file), source=str(diabetes_file), name=diabetes_file.stem, targets="progression"
        ),
        context="train and test",
    )
    mlflow.set_tags(
        {
            "data_sha256": hashlib.sha256(diabetes_file.read_bytes()).hexdigest(),
            "data_version": "v1",
            "mlflow.source.git.commit": check_output(["git", "rev-parse", "HEAD"], text=True).strip(),
            "git_dirty": bool(check_output(["git", "status", "--porcelain"])),
        }
    )

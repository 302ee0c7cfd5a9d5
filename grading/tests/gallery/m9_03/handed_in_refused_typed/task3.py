mlflow.set_experiment(experiment_id=MINE)
my_lineage = []
for number in my_versions:
    mv = client.get_model_version(NAME, number)
    r = client.get_run(mv.run_id)
    my_lineage.append(
        dict(
            model=mv.name,
            version=mv.version,
            run_id=mv.run_id,
            dataset_digest=r.inputs.dataset_inputs[0].dataset.digest,
            data_path="diabetes.csv",
            data_md5=r.data.tags["dvc_md5"],
            data_commit=r.data.tags["data_commit"],
            code_commit=r.data.tags["mlflow.source.git.commit"],
        )
    )
    m = mlflow.sklearn.load_model(f"models:/{NAME}/{number}")
    imp = pd.DataFrame({"feature": m.feature_names_in_, "importance": m.named_steps["ridge"].coef_})
    client.log_text(mv.run_id, imp.sort_values("importance").to_csv(index=False), "feature_importance.csv")

fig, ax = plt.subplots(figsize=(11, 2))
ax.axis("off")
ax.table([[str(v)[:10] for v in e.values()] for e in my_lineage], colLabels=list(my_lineage[0]), loc="center")
ax.set_title("from version to commit")

first_link = my_lineage[0]
text = dvc.api.read(first_link["data_path"], repo=str(forecast), rev=first_link["data_commit"])
import io

old_patients = pd.read_csv(io.StringIO(text), index_col="row")
first_model = mlflow.sklearn.load_model(f"models:/{NAME}/{first_link['version']}")
X_old = old_patients.loc[diabetes_test].drop(columns="progression")
redone = pd.DataFrame({"version": first_link["version"], "row": X_old.index, "y_pred": first_model.predict(X_old)})
lin_run = client.create_run(MINE, run_name="trace").info.run_id
client.log_dict(lin_run, my_lineage, "lineage.json")
client.log_figure(lin_run, fig, "lineage.png")
client.log_text(lin_run, redone.to_csv(index=False), "reproduced.csv")
client.set_terminated(lin_run)
plt.close(fig)

from matplotlib.figure import Figure

table = my_study.trials_dataframe()
whole = table[table["state"] == "COMPLETE"]

fig = Figure(figsize=(7, 4), layout="constrained")
ax = fig.subplots()
ax.scatter(whole["number"], whole["value"], label="complete")
ax.plot(whole["number"], whole["value"].cummin(), label="best so far")
ax.set_xlabel("trial")
ax.set_ylabel("RMSE in cross-validation")
ax.legend()
mlc.log_figure(study_parent, fig, "optimization_history.png")

fig = Figure(figsize=(8, 4), layout="constrained")
ax = fig.subplots()
names = [f"params_{n}" for n in my_space] + ["value"]
ranks = whole[names].apply(lambda col: pd.factorize(col, sort=True)[0]).astype(float)
ranks = ranks / ranks.max().replace(0, 1)
for i, row in ranks.iterrows():
    ax.plot(range(len(names)), row, color="tab:blue", alpha=1 - 0.9 * row["value"])
ax.set_xticks(range(len(names)), [n.rsplit("__")[-1] for n in names])
ax.set_ylabel("rank")
mlc.log_figure(study_parent, fig, "parallel_coordinates.png")

fig = Figure(figsize=(7, 3), layout="constrained")
ax = fig.subplots()
weight = optuna.importance.get_param_importances(my_study)
ax.barh([n.rsplit("__")[-1] for n in weight], list(weight.values()))
ax.set_xlabel("importance")
mlc.log_figure(study_parent, fig, "parameter_importance.png")

runs = mlc.search_runs([exp_id], f"metrics.cv_rmse_mean > 0 and attributes.start_time >= {began}")
leader_run = min(runs, key=lambda r: r.data.metrics["cv_rmse_mean"])
limit = leader_run.data.metrics["cv_rmse_mean"] + leader_run.data.metrics["cv_rmse_std"] / 5**0.5
good = [r for r in runs if r.data.metrics["cv_rmse_mean"] <= limit]
pick = max(good, key=lambda r: float(r.data.params["elasticnet__alpha"]))
raw = pick.data.params
chosen = {
    "elasticnet__alpha": float(raw["elasticnet__alpha"]),
    "elasticnet__l1_ratio": float(raw["elasticnet__l1_ratio"]),
    "elasticnet__selection": raw["elasticnet__selection"],
    "polynomialfeatures__degree": int(raw["polynomialfeatures__degree"]),
    "polynomialfeatures__interaction_only": raw["polynomialfeatures__interaction_only"] == "True",
}
Xtr, ytr = diabetes_train.drop(columns="progression"), diabetes_train["progression"]
Xte, yte = diabetes_test.drop(columns="progression"), diabetes_test["progression"]
tuned_model, plain_model = forecast(**chosen).fit(Xtr, ytr), forecast().fit(Xtr, ytr)
tuned_rmse = metrics.root_mean_squared_error(yte, tuned_model.predict(Xte))
plain_rmse = metrics.root_mean_squared_error(yte, plain_model.predict(Xte))

mlflow.set_experiment(experiment_id=exp_id)
with mlflow.start_run(run_name="progression-final") as final_run:
    my_final = final_run.info.run_id
    frame = keep(tuned_model, diabetes_file, diabetes_test, "progression")
    with mlflow.start_run(run_name="untuned", nested=True) as base_run:
        keep(plain_model, diabetes_file, diabetes_test, "progression")
        mlc.set_tag(base_run.info.run_id, "role", "baseline")
        mlc.log_metric(base_run.info.run_id, "test_rmse", plain_rmse)

for key, value in {
    "tuning_method": "grid + tpe",
    "selection_rule": "one_standard_error",
    "simplest": "largest elasticnet__alpha",
    "beats_baseline": str(bool(tuned_rmse < plain_rmse)),
}.items():
    mlc.set_tag(my_final, key, value)
mlc.log_text(my_final, space_json, "search_space.json")
stamp = int(1000 * now())
numbers = {
    "train_rmse": metrics.root_mean_squared_error(ytr, tuned_model.predict(Xtr)),
    "test_rmse": tuned_rmse,
    "test_mae": metrics.mean_absolute_error(yte, tuned_model.predict(Xte)),
    "test_r2": metrics.r2_score(yte, tuned_model.predict(Xte)),
    "cv_rmse_mean": pick.data.metrics["cv_rmse_mean"],
    "cv_rmse_std": pick.data.metrics["cv_rmse_std"],
}
mlc.log_batch(my_final, metrics=[Metric(k, float(v), stamp, 0) for k, v in numbers.items()])

fig = Figure(layout="constrained")
ax = fig.subplots()
ax.plot(frame["y_pred"], frame["y_true"] - frame["y_pred"], "o")
ax.axhline(0)
ax.set(xlabel="predicted", ylabel="true - predicted", title="residuals")
mlc.log_figure(my_final, fig, "residuals.png")
fig = Figure(figsize=(7, 8), layout="constrained")
ax = fig.subplots()
coef = pd.Series(tuned_model[-1].coef_, tuned_model[:-1].get_feature_names_out()).sort_values(key=abs).tail(12)
ax.barh(coef.index, coef.to_numpy())
mlc.log_figure(my_final, fig, "feature_importance.png")
print(chosen, numbers, plain_rmse)

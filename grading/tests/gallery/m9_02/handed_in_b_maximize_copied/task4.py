import warnings

from optuna.visualization.matplotlib import plot_optimization_history, plot_parallel_coordinate, plot_param_importances

mlflow.set_experiment("bogdan-diabetes-tuning")
with warnings.catch_warnings():
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # they are "experimental" since years
    for plot, png in (
        (plot_optimization_history, "optimization_history.png"),
        (plot_parallel_coordinate, "parallel_coordinates.png"),
        (plot_param_importances, "parameter_importance.png"),
    ):
        ax = plot(my_study)
        ax.figure.set_size_inches(9, 5)
        ax.figure.savefig(png, bbox_inches="tight")
with mlflow.start_run(run_id=my_study_run.info.run_id):
    for png in ("optimization_history.png", "parallel_coordinates.png", "parameter_importance.png"):
        mlflow.log_artifact(png)

# all candidates, from both searches
all_runs = mlflow.search_runs(filter_string=f"metrics.cv_rmse_mean > 0 and attributes.start_time >= {began}")
all_runs = all_runs.set_index("tags.mlflow.runName")
numbers = all_runs.filter(regex="elasticnet|polynomial").astype(float)
numbers.columns = numbers.columns.str.replace("params.", "")
numbers[["mean", "std"]] = all_runs[["metrics.cv_rmse_mean", "metrics.cv_rmse_std"]]
best = numbers.sort_values("mean").iloc[0]
ok = numbers[numbers["mean"] < best["mean"] + best["std"] / np.sqrt(5)]
# lasso makes weights zero, so the largest l1_ratio is my simplest
one = ok.sort_values("elasticnet__l1_ratio", ascending=False).iloc[0]
print(len(numbers), "candidates,", len(ok), "are ok")
pd.concat([best, one], axis=1)

X, y = diabetes_train.drop(columns="progression"), diabetes_train["progression"]
s = one.drop(["mean", "std"]).to_dict()
s["polynomialfeatures__degree"] = int(s["polynomialfeatures__degree"])
final_model = forecast(**s)
final_model.fit(X, y)
base_model = forecast()
base_model.fit(X, y)

with mlflow.start_run(run_name="final", tags={"tuning_method": "random + TPE"}) as my_final_run:
    my_final = my_final_run.info.run_id
    p = keep(final_model, diabetes_file, diabetes_test, "progression")
    mlflow.log_artifact("search_space.json")
    mlflow.set_tag("selection_rule", "one_standard_error")
    mlflow.set_tag("simplest", "largest elasticnet__l1_ratio")
    test_rmse = np.sqrt(((p["y_true"] - p["y_pred"]) ** 2).mean())
    mlflow.log_metric("train_rmse", metrics.root_mean_squared_error(y, final_model.predict(X)))
    mlflow.log_metric("cv_rmse_mean", one["mean"])
    mlflow.log_metric("cv_rmse_std", one["std"])
    mlflow.log_metric("test_rmse", test_rmse)
    mlflow.log_metric("test_mae", (p["y_true"] - p["y_pred"]).abs().mean())
    mlflow.log_metric("test_r2", metrics.r2_score(p["y_true"], p["y_pred"]))

    ax = (p.assign(residual=p["y_true"] - p["y_pred"])).plot.scatter("y_true", "residual")
    ax.axhline(0, color="red")
    ax.figure.savefig("residuals.png")
    coef = pd.DataFrame({"coef": final_model[-1].coef_}, index=final_model[:-1].get_feature_names_out())
    ax = coef.sort_values("coef").plot.barh(legend=False, figsize=(7, 4 if len(coef) < 20 else 14))
    ax.figure.savefig("feature_importance.png", bbox_inches="tight")
    coef.to_csv("feature_importance.csv")
    for f in ("residuals.png", "feature_importance.png", "feature_importance.csv"):
        mlflow.log_artifact(f)

    with mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"}):
        b = keep(base_model, diabetes_file, diabetes_test, "progression")
        base_rmse = np.sqrt(((b["y_true"] - b["y_pred"]) ** 2).mean())
        mlflow.log_metric("test_rmse", base_rmse)
    mlflow.set_tag("beats_baseline", bool(test_rmse < base_rmse))
print(test_rmse, base_rmse)

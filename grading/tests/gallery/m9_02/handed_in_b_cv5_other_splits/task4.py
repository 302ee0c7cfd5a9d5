from optuna.visualization import matplotlib as optuna_plots

mlflow.set_experiment("bogdan forecast")
with mlflow.start_run(run_id=my_run.info.run_id):
    mlflow.log_figure(optuna_plots.plot_optimization_history(my_study).figure, "optimization_history.png")
    mlflow.log_figure(
        optuna_plots.plot_parallel_coordinate(my_study, params=list(my_space)).figure, "parallel_coordinates.png"
    )
    mlflow.log_figure(optuna_plots.plot_param_importances(my_study).figure, "parameter_importance.png")
plt.close("all")

everything = mlflow.search_runs(
    filter_string=f"metrics.cv_rmse_mean > 0 and attributes.start_time >= {began}",
    order_by=["metrics.cv_rmse_mean ASC"],
)
first = everything.iloc[0]
best_settings = {
    "elasticnet__alpha": float(first["params.alpha"]),
    "elasticnet__l1_ratio": float(first["params.l1_ratio"]),
    "polynomialfeatures__degree": int(first["params.degree"]),
}
print(len(everything), "complete candidates, best:", first["tags.mlflow.runName"], best_settings)

with mlflow.start_run(run_name="final") as r:
    mlflow.set_tags({"tuning_method": "grid+tpe", "selection_rule": "best"})
    mlflow.log_text(json.dumps(my_space), "search_space.json")
    # autolog for the fit only: it adds its own training_... metrics; the model itself is saved by keep()
    mlflow.sklearn.autolog(log_models=False, log_datasets=False, log_post_training_metrics=False, silent=True)
    best_model = forecast(**best_settings).fit(D_X, D_y)
    mlflow.sklearn.autolog(disable=True, silent=True)
    kept = keep(best_model, diabetes_file, diabetes_test, "progression")
    t, p = kept.y_true, kept.y_pred
    mlflow.log_metrics(
        {
            "train_rmse": metrics.mean_squared_error(D_y, best_model.predict(D_X)) ** 0.5,
            "cv_rmse_mean": first["metrics.cv_rmse_mean"],
            "cv_rmse_std": first["metrics.cv_rmse_std"],
            "test_rmse": metrics.mean_squared_error(t, p) ** 0.5,
            "test_mae": metrics.mean_absolute_error(t, p),
            "test_r2": best_model.score(diabetes_test.drop(columns="progression"), diabetes_test["progression"]),
        }
    )
    fig = plt.figure()
    plt.hlines(0, p.min(), p.max(), "r")
    plt.scatter(p, t - p, s=10)
    plt.xlabel("y_pred")
    plt.ylabel("residual")
    mlflow.log_figure(fig, "residuals.png")
    fig = plt.figure(layout="constrained")
    plt.barh(best_model[:-1].get_feature_names_out(), abs(best_model[-1].coef_))
    plt.title("absolute value of the coefficients")
    mlflow.log_figure(fig, "feature_importance.png")
    with mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"}):
        default_model = forecast().fit(D_X, D_y)
        kept0 = keep(default_model, diabetes_file, diabetes_test, "progression")
        mlflow.log_metric("test_rmse", metrics.mean_squared_error(kept0.y_true, kept0.y_pred) ** 0.5)
plt.close("all")
my_final = r.info.run_id

# both errors are in the store now: compare what is written there
c = mlflow.MlflowClient()
e_final = c.get_run(my_final).data.metrics["test_rmse"]
(child,) = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{my_final}'", output_format="list")
e_base = child.data.metrics["test_rmse"]
c.set_tag(my_final, "beats_baseline", "True" if e_final < e_base else "False")
e_final, e_base

mlflow.set_experiment("diabetes-forecast-tuning")
with mlflow.start_run(run_id=my_study_run.info.run_id):
    for plot, name in (
        (optuna.visualization.matplotlib.plot_optimization_history, "optimization_history"),
        (optuna.visualization.matplotlib.plot_parallel_coordinate, "parallel_coordinates"),
        (optuna.visualization.matplotlib.plot_param_importances, "parameter_importance"),
    ):
        axes = plot(my_study)
        mlflow.log_figure(axes.figure, f"{name}.png")
        plt.close(axes.figure)

found = mlflow.search_runs(filter_string=f"metrics.cv_rmse_mean > 0 and attributes.start_time >= {began}")
best_row = found.loc[found["metrics.cv_rmse_mean"].idxmin()]
my_settings = {
    "elasticnet__alpha": float(best_row["params.elasticnet__alpha"]),
    "elasticnet__l1_ratio": float(best_row["params.elasticnet__l1_ratio"]),
    "polynomialfeatures__degree": int(best_row["params.polynomialfeatures__degree"]),
}
X_train, y_train = diabetes_train.drop(columns="progression"), diabetes_train["progression"]
X_test, y_test = diabetes_test.drop(columns="progression"), diabetes_test["progression"]
final = forecast(**my_settings).fit(X_train, y_train)
base = forecast().fit(X_train, y_train)
with mlflow.start_run(
    run_name="forecast-tuned", tags={"tuning_method": "random, tpe", "selection_rule": "best"}
) as run:
    seen = keep(final, diabetes_file, diabetes_test, "progression")
    pred = seen["y_pred"]
    my_test_rmse = metrics.root_mean_squared_error(y_test, pred)
    mlflow.log_metrics(
        {
            "train_rmse": metrics.root_mean_squared_error(y_train, final.predict(X_train)),
            "cv_rmse_mean": best_row["metrics.cv_rmse_mean"],
            "cv_rmse_std": best_row["metrics.cv_rmse_std"],
            "test_rmse": my_test_rmse,
            "test_mae": metrics.mean_absolute_error(y_test, pred),
            "test_r2": metrics.r2_score(y_test, pred),
        }
    )
    mlflow.log_text(my_text, "search_space.json")
    fig, ax = plt.subplots()
    ax.scatter(pred, y_test.to_numpy() - pred)
    ax.axhline(0, color="k")
    ax.set(xlabel="predicted", ylabel="true minus predicted", title="Residuals")
    mlflow.log_figure(fig, "residuals.png")
    fig, ax = plt.subplots(figsize=(7, 8), layout="constrained")
    w = pd.Series(final[-1].coef_, index=final[:-1].get_feature_names_out())
    w[w.abs().nlargest(10).index].plot.barh(ax=ax)
    mlflow.log_figure(fig, "feature_importance.png")
    with mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"}):
        keep(base, diabetes_file, diabetes_test, "progression")
        base_rmse = metrics.root_mean_squared_error(y_test, base.predict(X_test))
        mlflow.log_metric("test_rmse", base_rmse)
    mlflow.set_tag("beats_baseline", str(my_test_rmse < base_rmse))
my_final = run.info.run_id
print(my_settings, my_test_rmse, base_rmse)

from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score

model = make_pipeline(StandardScaler(), Ridge(alpha=1.0))
scoring = "neg_root_mean_squared_error"

mlflow.set_experiment(experiment_name)
with mlflow.start_run(run_name="ridge-alpha1") as run:
    mlflow.log_param("seed", SEED)
    mlflow.log_params(model.get_params())
    model.fit(X_train, y_train)
    y_pred = model.predict(X_test)

    mlflow.log_metric("train_rmse", root_mean_squared_error(y_train, model.predict(X_train)))
    mlflow.log_metric("test_rmse", root_mean_squared_error(y_test, y_pred))
    mlflow.log_metric("test_mae", mean_absolute_error(y_test, y_pred))
    mlflow.log_metric("test_r2", r2_score(y_test, y_pred))

    scores = -cross_val_score(model, X_train, y_train, cv=5, scoring=scoring)
    mlflow.log_metric("cv_rmse_mean", scores.mean())
    mlflow.log_metric("cv_rmse_std", scores.std())

    sizes, _, held_out = learning_curve(
        model, X_train, y_train, train_sizes=[0.2, 0.4, 0.6, 0.8, 1.0], cv=5, scoring=scoring
    )
    for size, error in zip(sizes, -held_out.mean(axis=1), strict=True):
        mlflow.log_metric("learning_curve_rmse", error, step=int(size))

    off = abs(y_test - y_pred)
    mlflow.log_metric("share_within_25_points", (off <= 25).mean())
    mlflow.log_metric("share_within_50_points", (off <= 50).mean())

    predictions = pd.DataFrame({"row": X_test.index, "y_true": y_test, "y_pred": y_pred})
    mlflow.log_text(predictions.to_csv(index=False), "predictions.csv")

run_id = run.info.run_id

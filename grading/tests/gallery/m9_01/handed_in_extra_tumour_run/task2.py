mlflow.set_experiment("diabetes-progression")
regressor = make_pipeline(StandardScaler(), Ridge(random_state=SEED))
X, y = diabetes_train[baseline], diabetes_train["progression"]
X_test, y_test = diabetes_test[baseline], diabetes_test["progression"]
regressor.fit(X, y)
cv = -cross_val_score(regressor, X, y, cv=5, scoring="neg_root_mean_squared_error")
pred = regressor.predict(X_test)
error = (y_test - pred).abs()
sizes, _, unseen = learning_curve(
    regressor,
    X,
    y,
    train_sizes=[0.1, 0.2, 0.4, 0.7, 1.0],
    cv=5,
    shuffle=True,
    random_state=SEED,
    scoring="neg_root_mean_squared_error",
)
with mlflow.start_run(run_name="ridge") as run:
    mlflow.log_param("seed", SEED)
    mlflow.log_params(regressor.get_params())
    mlflow.log_metrics(
        {
            "train_rmse": metrics.root_mean_squared_error(y, regressor.predict(X)),
            "cv_rmse_mean": cv.mean(),
            "cv_rmse_std": cv.std(),
            "test_rmse": metrics.root_mean_squared_error(y_test, pred),
            "test_mae": metrics.mean_absolute_error(y_test, pred),
            "test_r2": metrics.r2_score(y_test, pred),
            "share_within_25_points": (error <= 25).mean(),
            "share_within_50_points": (error <= 50).mean(),
        }
    )
    for n, value in zip(sizes, -unseen.mean(axis=1)):
        mlflow.log_metric("learning_curve_rmse", value, step=int(n))
    predictions = pd.DataFrame({"row": X_test.index, "y_true": y_test, "y_pred": pred})
    mlflow.log_text(predictions.to_csv(index=False), "predictions.csv")
my_run = run.info.run_id

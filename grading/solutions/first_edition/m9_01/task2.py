mlflow.set_experiment("diabetes-progression-forecast")
target = diabetes_train["progression"]
regressor = make_pipeline(StandardScaler(), Ridge(random_state=SEED)).fit(diabetes_train[baseline], target)
truth, predicted = diabetes_test["progression"], regressor.predict(diabetes_test[baseline])
errors = -cross_val_score(regressor, diabetes_train[baseline], target, cv=5, scoring="neg_root_mean_squared_error")
sizes, _, unseen = learning_curve(
    regressor,
    diabetes_train[baseline],
    target,
    train_sizes=[0.2, 0.4, 0.6, 0.8, 1.0],
    cv=5,
    scoring="neg_root_mean_squared_error",
)
answers = pd.DataFrame({"row": diabetes_test.index, "y_true": truth, "y_pred": predicted})

with mlflow.start_run(run_name="ridge-alpha1") as run:
    mlflow.log_param("seed", SEED)
    mlflow.log_params({name: value for name, value in regressor.get_params().items() if "__" in name})
    mlflow.log_metric(
        "train_rmse", metrics.root_mean_squared_error(target, regressor.predict(diabetes_train[baseline]))
    )
    mlflow.log_metrics({"cv_rmse_mean": errors.mean(), "cv_rmse_std": errors.std()})
    mlflow.log_metric("test_rmse", metrics.root_mean_squared_error(truth, predicted))
    mlflow.log_metric("test_mae", metrics.mean_absolute_error(truth, predicted))
    mlflow.log_metric("test_r2", metrics.r2_score(truth, predicted))
    for size, error in zip(sizes, -unseen.mean(axis=1), strict=True):
        mlflow.log_metric("learning_curve_rmse", error, step=int(size))
    for points in (25, 50):
        mlflow.log_metric(f"share_within_{points}_points", (abs(truth - predicted) <= points).mean())
    mlflow.log_text(answers.to_csv(index=False), "predictions.csv")
my_run = run.info.run_id

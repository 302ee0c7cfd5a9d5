mlflow.set_experiment("diabetes-progression-forecast")
target = diabetes_train["progression"]
truth = diabetes_test["progression"]
mlflow.sklearn.autolog(log_models=False, silent=True)
with mlflow.start_run(run_name="autologged") as run:
    regressor = make_pipeline(StandardScaler(), Ridge(random_state=SEED)).fit(diabetes_train[baseline], target)
    mlflow.sklearn.autolog(disable=True)
    predicted = regressor.predict(diabetes_test[baseline])
    errors = -cross_val_score(regressor, diabetes_train[baseline], target, cv=5, scoring="neg_root_mean_squared_error")
    mlflow.log_metrics({"cv_rmse_mean": errors.mean(), "cv_rmse_std": errors.std()})
    mlflow.log_metrics(
        {
            "test_rmse": metrics.root_mean_squared_error(truth, predicted),
            "test_mae": metrics.mean_absolute_error(truth, predicted),
            "test_r2": metrics.r2_score(truth, predicted),
        }
    )
    for number, error in enumerate(sorted(errors)):
        mlflow.log_metric("sorted_fold_error", error, step=number)
    for points in (25, 50):
        mlflow.log_metric(f"share_within_{points}_points", (abs(truth - predicted) <= points).mean())
    answers = pd.DataFrame({"row": diabetes_test.index, "y_true": truth, "y_pred": predicted})
    mlflow.log_text(answers.to_csv(index=False), "predictions.csv")
my_run = run.info.run_id

from tempfile import mkdtemp

from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures

mlflow.set_experiment("predict-diabetes-progression")
regressor = make_pipeline(
    MinMaxScaler(),
    PolynomialFeatures(degree=2, interaction_only=True, include_bias=False),
    StandardScaler(),
    Ridge(alpha=100.0),
)
train_y, test_y = diabetes_train.progression, diabetes_test.progression
regressor.fit(diabetes_train[baseline], train_y)
folder = Path(mkdtemp())

with mlflow.start_run(run_name="pairs") as run:
    my_run = run.info.run_id
    mlflow.log_param("random_state", SEED)
    mlflow.log_params(regressor.get_params(deep=True))

with mlflow.start_run(run_id=my_run):
    mlflow.log_metric(
        "train_rmse", metrics.mean_squared_error(train_y, regressor.predict(diabetes_train[baseline])) ** 0.5
    )
    scores = cross_val_score(
        regressor,
        diabetes_train[baseline],
        train_y,
        cv=KFold(6, shuffle=True, random_state=SEED),
        scoring="neg_mean_squared_error",
    )
    scores = (-scores) ** 0.5
    mlflow.log_metric("cv_rmse_mean", scores.mean())
    mlflow.log_metric("cv_rmse_std", scores.std(ddof=1))

with mlflow.start_run(run_id=my_run):
    test = pd.DataFrame({"y_true": test_y, "y_pred": regressor.predict(diabetes_test[baseline])})
    test["off"] = test.y_true.sub(test.y_pred).abs()
    mlflow.log_metric("test_rmse", test.off.pow(2).mean() ** 0.5)
    mlflow.log_metric("test_mae", test.off.mean())
    mlflow.log_metric("test_r2", 1 - test.off.pow(2).sum() / test_y.sub(test_y.mean()).pow(2).sum())
    for points in [25, 50]:
        mlflow.log_metric(f"share_within_{points}_points", test.off.le(points).mean())
    test[["y_true", "y_pred"]].to_csv(folder / "predictions.csv")  # the index is the row id
    mlflow.log_artifact(folder / "predictions.csv")

with mlflow.start_run(run_id=my_run):
    shuffled = diabetes_train.sample(frac=1, random_state=SEED)
    learners, held_out = shuffled.iloc[:180], shuffled.iloc[180:]
    for step, patients in enumerate([36, 72, 108, 144, 180]):
        part = learners.iloc[:patients]
        p = make_pipeline(*[s for _, s in regressor.steps]).set_params()
        from sklearn.base import clone

        p = clone(regressor).fit(part[baseline], part.progression)
        mlflow.log_metrics(
            {
                "curve_rmse": metrics.root_mean_squared_error(held_out.progression, p.predict(held_out[baseline])),
                "curve_patients": patients,
            },
            step=step,
        )

mlflow.set_experiment("diabetes-progression-forecast")
splits = KFold(5, shuffle=True, random_state=SEED)
for alpha in (0.1, 1, 10):
    candidate = make_pipeline(StandardScaler(), Ridge(alpha=alpha, random_state=SEED))
    errors = []
    with mlflow.start_run(run_name=f"cv-alpha{alpha}", tags={"version": "0.1", "stage": "candidate"}):
        for fold, (fit, held) in enumerate(splits.split(diabetes_train)):
            candidate.fit(diabetes_train.iloc[fit][baseline], diabetes_train.iloc[fit]["progression"])
            guessed = candidate.predict(diabetes_train.iloc[held][baseline])
            errors.append(metrics.root_mean_squared_error(diabetes_train.iloc[held]["progression"], guessed))
            with mlflow.start_run(run_name=f"fold-{fold}", nested=True):
                mlflow.log_params({"fold": fold, "alpha": alpha})
                mlflow.log_metric("rmse", errors[-1])
        errors = pd.Series(errors)
        mlflow.log_metrics({"cv_rmse_mean": errors.mean(), "cv_rmse_std": errors.std(ddof=0)})

with mlflow.start_run(run_name="negative-alpha"):
    try:
        Ridge(alpha=-1).fit(diabetes_train[baseline], diabetes_train["progression"])
    except ValueError as error:
        mlflow.set_tag("failure_reason", str(error))
        mlflow.end_run("FAILED")

ranking = mlflow.search_runs(filter_string="metrics.cv_rmse_mean > 0", order_by=["metrics.cv_rmse_mean ASC"])
with mlflow.start_run(run_name="leaderboard"):
    columns = ["run_id", "tags.mlflow.runName", "metrics.cv_rmse_mean", "metrics.cv_rmse_std"]
    mlflow.log_text(ranking[columns].to_csv(index=False), "leaderboard.csv")

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

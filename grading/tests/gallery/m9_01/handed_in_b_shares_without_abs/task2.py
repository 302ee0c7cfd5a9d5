from sklearn.model_selection import ShuffleSplit, cross_validate
from sklearn.preprocessing import PolynomialFeatures

mlflow.set_experiment(exp_name)
regressor = make_pipeline(
    StandardScaler(),
    PolynomialFeatures(degree=2, interaction_only=True, include_bias=False),
    Ridge(alpha=200, random_state=SEED),
)
regressor.fit(diabetes_train[baseline], diabetes_train["progression"])

cvres = pd.DataFrame(
    cross_validate(
        regressor,
        diabetes_train[baseline],
        diabetes_train["progression"],
        cv=KFold(8, shuffle=True, random_state=SEED),
        scoring=["neg_root_mean_squared_error"],
        return_train_score=True,
    )
)
cvres = -cvres.filter(like="root_mean")
cvres.describe()

df = (
    diabetes_test[["progression"]]
    .assign(y_pred=lambda t: regressor.predict(diabetes_test[baseline]).round(3))
    .rename(columns={"progression": "y_true"})
    .reset_index()[["row", "y_true", "y_pred"]]
)
off = df["y_true"] - df["y_pred"]

with mlflow.start_run(run_name="ridge-interactions-200") as run:
    mlflow.log_params({"seed": SEED})
    mlflow.log_params({k: v for k, v in regressor.get_params().items() if "__" in k})
    mlflow.log_metrics(
        {
            "train_rmse": metrics.root_mean_squared_error(
                diabetes_train["progression"], regressor.predict(diabetes_train[baseline])
            ),
            "cv_rmse_mean": cvres["test_neg_root_mean_squared_error"].mean(),
            "cv_rmse_std": cvres["test_neg_root_mean_squared_error"].std(ddof=0),
            "test_rmse": (off**2).mean() ** 0.5,
            "test_mae": off.abs().mean(),
            "test_r2": metrics.r2_score(df["y_true"], df["y_pred"]),
            "share_within_25_points": off.le(25).mean(),
            "share_within_50_points": off.le(50).mean(),
        }
    )
    mlflow.log_text(df.to_csv(index=False), "predictions.csv")
my_run = run.info.run_id

lc = learning_curve(
    regressor,
    diabetes_train[baseline],
    diabetes_train["progression"],
    train_sizes=[0.2, 0.4, 0.6, 0.8, 1.0],
    cv=ShuffleSplit(10, test_size=0.25, random_state=SEED),
    scoring="neg_mean_absolute_error",
)
lc = pd.DataFrame({"percent": [20, 40, 60, 80, 100], "patients": lc[0], "mae": -lc[2].mean(axis=1)})
with mlflow.start_run(run_id=my_run):
    for r in lc.itertuples():
        mlflow.log_metric("learning_curve_mae", r.mae, step=r.percent)
    mlflow.log_text(lc.to_csv(index=False), "learning_curve.csv")
lc.plot(x="patients", y="mae", marker="o", title="more patients help")

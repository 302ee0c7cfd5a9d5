import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder


class Lab:
    """One diabetes run: a model, its data, and where it is logged."""

    experiment = "Diabetes progression: ridge for follow-up planning"

    def __init__(self, alpha):
        numbers = [c for c in baseline if c != "sex"]
        prepare = make_column_transformer(
            (OneHotEncoder(drop="if_binary"), ["sex"]), (StandardScaler(), numbers), verbose_feature_names_out=False
        )
        self.model = make_pipeline(prepare, Ridge(alpha=alpha, random_state=SEED))
        self.train = diabetes_train[baseline], diabetes_train["progression"]
        self.test = diabetes_test[baseline], diabetes_test["progression"]

    def scores(self, split, which):
        X, y = which
        p = self.model.predict(X)
        return {
            f"{split}_rmse": metrics.root_mean_squared_error(y, p),
            f"{split}_mae": metrics.mean_absolute_error(y, p),
            f"{split}_r2": metrics.r2_score(y, p),
        }

    def curve(self):
        X, y = self.train
        n, _, s = learning_curve(
            self.model, X, y, train_sizes=[40, 80, 120, 160, 180], cv=5, scoring="neg_root_mean_squared_error"
        )
        return {int(k): float(-v) for k, v in zip(n, s.mean(axis=1))}

    def run(self):
        mlflow.set_experiment(self.experiment)
        mlflow.sklearn.autolog(log_models=False, silent=True)
        with mlflow.start_run(run_name="ridge-onehot") as active:
            self.model.fit(*self.train)
            mlflow.sklearn.autolog(disable=True)
            mlflow.log_param("seed", SEED)
            cv = -cross_val_score(self.model, *self.train, cv=5, scoring="neg_root_mean_squared_error")
            mlflow.log_metrics(
                self.scores("train", self.train)
                | self.scores("test", self.test)
                | {"cv_rmse_mean": cv.mean(), "cv_rmse_std": cv.std()}
            )
            off = np.abs(self.test[1] - self.model.predict(self.test[0]))
            mlflow.log_metrics({f"share_within_{k}_points": np.mean(off <= k) for k in (25, 50, 75)})
            for patients, value in self.curve().items():
                mlflow.log_metric("lc_rmse", value, step=patients)
            self.predictions = self.test[1].rename("y_true").to_frame().assign(y_pred=self.model.predict(self.test[0]))
            mlflow.log_text(self.predictions.reset_index().to_csv(index=False), "predictions.csv")
        return active.info.run_id


lab = Lab(alpha=3.0)
my_run = lab.run()

from contextlib import contextmanager

from scipy.stats import loguniform, uniform
from sklearn.model_selection import ParameterSampler


class Search:
    """A parent run, and below it a run for each candidate."""

    table = diabetes_folds.to_csv()

    def __init__(self, method, **told):
        self.method, self.told, self.parent_id = method, told, None

    @contextmanager
    def opened(self):
        mlflow.set_experiment("forecast-tuning-amira")
        if self.parent_id:
            with mlflow.start_run(run_id=self.parent_id):
                yield self
        else:
            with mlflow.start_run(run_name=f"search by {self.method}") as run:
                self.parent_id = run.info.run_id
                mlflow.set_tag("tuning_method", self.method)
                mlflow.log_params(self.told)
                mlflow.log_text(self.table, "cv_splits.csv")
                yield self

    def attempt(self, name, settings, give_up=lambda mean, folds: False, **more):
        """Log a candidate while it is tried; its errors, and whether it was tried to the end."""
        with mlflow.start_run(run_name=name, nested=True):
            mlflow.set_tag("splits_sha256", sha256(self.table))
            mlflow.log_params({**more, **settings})
            errors = []
            for error in fold_scores(
                forecast(**settings), diabetes_train, diabetes_folds, "progression", metrics.root_mean_squared_error
            ):
                mlflow.log_metric("cv_rmse", error, step=len(errors))
                errors.append(error)
                if give_up(np.mean(errors), len(errors)):
                    mlflow.set_tag("optuna.state", "PRUNED")
                    return errors, False
            mlflow.log_metric("cv_rmse_mean", np.mean(errors))
            mlflow.log_metric("cv_rmse_std", np.std(errors, ddof=1))
            if "trial" in more:
                mlflow.set_tag("optuna.state", "COMPLETE")
            return errors, True

    def attempt_fast(self, name, settings, like, noise):
        """The same entries, much quicker."""
        with mlflow.start_run(run_name=name, nested=True):
            mlflow.set_tag("splits_sha256", sha256(self.table))
            mlflow.log_params(settings)
            errors = [error + abs(noise.normal(0, 0.4)) for error in like]
            for fold, error in enumerate(errors):
                mlflow.log_metric("cv_rmse", error, step=fold)
            mlflow.log_metric("cv_rmse_mean", np.mean(errors))
            mlflow.log_metric("cv_rmse_std", np.std(errors, ddof=1))
            return errors, True


distributions = {
    "elasticnet__alpha": loguniform(0.01, 30),
    "elasticnet__l1_ratio": uniform(0.05, 0.95),  # from 0.05 to 1
    "polynomialfeatures__degree": [1, 2],
    "elasticnet__selection": ["cyclic", "random"],
    "elasticnet__positive": [False, True],
}
my_candidates = [
    {name: value.item() if isinstance(value, np.generic) else value for name, value in drawn.items()}
    for drawn in ParameterSampler(distributions, n_iter=18, random_state=5)
]

random_search = Search("random", n_candidates=len(my_candidates))
with random_search.opened():
    tried_means, noise = [], np.random.default_rng(1)
    for position, drawn in enumerate(my_candidates):
        if position < 7:
            found_errors, _ = random_search.attempt(f"draw {position}", drawn)
        else:
            found_errors, _ = random_search.attempt_fast(f"draw {position}", drawn, found_errors, noise)
        tried_means.append(np.mean(found_errors))
print(f"random search: from {min(tried_means):.2f} to {max(tried_means):.2f}")

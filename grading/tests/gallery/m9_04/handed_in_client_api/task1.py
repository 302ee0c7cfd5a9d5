# Only MlflowClient, my own helpers
import json
import tempfile
import time
from mlflow.entities import Metric, Param
from sklearn.base import clone
from sklearn.linear_model import Lasso
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import SVR

mc = mlflow.MlflowClient()
EXP = mc.create_experiment(
    "diabetes-progression-which-family", tags={"project": "diabetes-progression", "team": "students"}
)
TARGET = "progression"
X_tr, y_tr = diabetes_train.drop(columns=TARGET), diabetes_train[TARGET]
X_te, y_te = diabetes_test.drop(columns=TARGET), diabetes_test[TARGET]
my_models = {
    "lasso with squares": make_pipeline(
        StandardScaler(), PolynomialFeatures(2, include_bias=False), Lasso(alpha=3.0, max_iter=20000, random_state=SEED)
    ),
    "nearest neighbours": make_pipeline(StandardScaler(), KNeighborsRegressor(15, weights="distance")),
    "support vectors": make_pipeline(StandardScaler(), SVR(C=50.0, epsilon=5.0)),
}
folds = list(RepeatedKFold(n_splits=5, n_repeats=3, random_state=SEED).split(X_tr))


def now():
    return int(time.time() * 1000)


def save_text(run_id, name, text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text)
        mc.log_artifact(run_id, str(path))


my_runs, my_oof = {}, {}
for name, model in my_models.items():
    run_id = mc.create_run(
        EXP, run_name=name, tags={"comparison": COMPARISON, "stage": "candidate", "family": name}
    ).info.run_id
    frames, rmses = [], []
    for k, (fit, held) in enumerate(folds):
        y_pred = clone(model).fit(X_tr.iloc[fit], y_tr.iloc[fit]).predict(X_tr.iloc[held])
        frames.append(
            pd.DataFrame({"split": k, "row": X_tr.index[held], "y_true": y_tr.iloc[held].to_numpy(), "y_pred": y_pred})
        )
        rmses.append(float(np.sqrt(np.mean((y_pred - y_tr.iloc[held]) ** 2))))
    my_oof[name] = pd.concat(frames)
    mean, sd, n = np.mean(rmses), np.std(rmses, ddof=1), len(rmses)
    half = stats.t.ppf(0.975, n - 1) * sd * np.sqrt(1 / n + len(folds[0][1]) / len(folds[0][0]))
    batch = [Metric("fold_rmse", value, now(), step) for step, value in enumerate(rmses)]
    batch += [
        Metric("cv_rmse_mean", mean, now(), 0),
        Metric("cv_rmse_low", mean - half, now(), 0),
        Metric("cv_rmse_high", mean + half, now(), 0),
    ]
    mc.log_batch(
        run_id, metrics=batch, params=[Param("seed", str(SEED)), Param("n_splits", "5"), Param("n_repeats", "3")]
    )
    save_text(run_id, "out_of_fold.csv", my_oof[name].to_csv(index=False))
    mc.set_terminated(run_id)
    my_runs[name] = run_id

lines_found = []
for r in mc.search_runs([EXP], filter_string="tags.stage = 'candidate'", order_by=["metrics.cv_rmse_mean ASC"]):
    lines_found.append(
        {"run_id": r.info.run_id, "name": r.info.run_name}
        | {k: r.data.metrics[k] for k in ("cv_rmse_mean", "cv_rmse_low", "cv_rmse_high")}
    )
ranking = pd.DataFrame(lines_found)
COMP = mc.create_run(EXP, run_name="comparison", tags={"comparison": COMPARISON}).info.run_id
save_text(COMP, "comparison.csv", ranking.to_csv(index=False))
ranking

from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import KFold

mlflow.set_experiment("diabetes-progression-tuning")
cv = KFold(5, shuffle=True, random_state=SEED)
splits_text = tools.splits_csv(cv, X_train, y_train)
splits_tags = {"splits_sha256": tools.sha256_of_text(splits_text)}


def log_candidate(name, settings):
    model = forecast(**settings)
    scores = tools.fold_scores(model, X_train, y_train, cv, root_mean_squared_error)
    with mlflow.start_run(run_name=name, nested=True, tags=splits_tags):
        mlflow.log_params(settings)
        for fold, score in enumerate(scores):
            mlflow.log_metric("cv_rmse", score, step=fold)
        tools.log_mean_and_std("cv_rmse", scores)


candidates = tools.draw(space, 14, SEED)
with mlflow.start_run(run_name="random-search") as search_run:
    mlflow.set_tag("tuning_method", "random")
    mlflow.log_param("n_candidates", len(candidates))
    mlflow.log_text(splits_text, "cv_splits.csv")
    for number, settings in enumerate(candidates):
        log_candidate(f"random-{number}", settings)
search_id = search_run.info.run_id

def forecast(**settings):
    features = PolynomialFeatures(include_bias=False)
    model = make_pipeline(StandardScaler(), features, StandardScaler(), ElasticNet(max_iter=10_000, random_state=SEED))
    return model.set_params(**settings)


mlflow.set_experiment("forecast-tuning-amira")
mlflow.set_experiment_tag(
    "mlflow.note.content", "How should the diabetes forecast be regularised? 5 settings, 2 searches."
)


def real(low, high, why, log=False):
    return {"type": "float", "low": low, "high": high, "log": log, "why": why}


def one_of(*choices, why):
    return {"type": "categorical", "choices": list(choices), "why": why}


my_space = {
    "elasticnet__alpha": real(0.01, 30, "only its power of ten matters", log=True),
    "elasticnet__l1_ratio": real(0.05, 1.0, "share of the lasso in the penalty"),
    "polynomialfeatures__degree": {"type": "int", "low": 1, "high": 2, "why": "products of two measurements"},
    "elasticnet__selection": one_of("cyclic", "random", why="random may be quicker; should not change the error"),
    "elasticnet__positive": one_of(False, True, why="if progression only grows with each measurement; I doubt it"),
}
with mlflow.start_run(run_name="declared space") as declared_run:
    mlflow.log_dict(my_space, "search_space.json")
    # log_dict decides itself about the layout of the text, so I hash what lies in the store
    space_as_logged = mlflow.artifacts.load_text(f"{declared_run.info.artifact_uri}/search_space.json")
    mlflow.log_param("space_sha256", sha256(space_as_logged))
print(space_as_logged)

def forecast(**settings):
    features = PolynomialFeatures(include_bias=False)
    model = make_pipeline(StandardScaler(), features, StandardScaler(), ElasticNet(max_iter=10_000, random_state=SEED))
    return model.set_params(**settings)


# I call the settings alpha, l1_ratio and degree everywhere; FULL says what they are in the pipeline.
FULL = {"alpha": "elasticnet__alpha", "l1_ratio": "elasticnet__l1_ratio", "degree": "polynomialfeatures__degree"}
my_space = {
    "alpha": {"type": "float", "low": 0.05, "high": 8, "log": True, "why": "penalty. log because of factor"},
    "l1_ratio": {"type": "float", "low": 0.1, "high": 1, "log": False, "why": "mix of the two penalties"},
    "degree": {"type": "int", "low": 1, "high": 2, "log": False, "why": "more than 2 is too many columns"},
}
mlflow.set_experiment("bogdan forecast")
mlflow.start_run(run_name="search-space")
mlflow.log_text(json.dumps(my_space), "search_space.json")
mlflow.log_param("space_sha256", sha256(json.dumps(my_space)))
mlflow.end_run()

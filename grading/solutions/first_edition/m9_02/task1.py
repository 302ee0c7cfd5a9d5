def forecast(**settings):
    features = PolynomialFeatures(include_bias=False)
    model = make_pipeline(StandardScaler(), features, StandardScaler(), ElasticNet(max_iter=10_000, random_state=SEED))
    return model.set_params(**settings)


mlflow.set_experiment("diabetes-progression-tuning")
my_space = {
    "polynomialfeatures__degree": {"type": "int", "low": 1, "high": 2, "why": "do measurements act together?"},
    "elasticnet__alpha": {"type": "float", "low": 0.01, "high": 100.0, "log": True, "why": "matters by its factor"},
    "elasticnet__l1_ratio": {"type": "float", "low": 0.05, "high": 1.0, "why": "few large weights, or many small"},
}
my_text = json.dumps(my_space, indent=2)
with mlflow.start_run(run_name="search-space"):
    mlflow.log_text(my_text, "search_space.json")
    mlflow.log_param("space_sha256", sha256(my_text))

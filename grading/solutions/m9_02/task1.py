def forecast(**settings):
    features = PolynomialFeatures(include_bias=False)
    net = ElasticNet(max_iter=10_000, random_state=SEED)
    model = make_pipeline(StandardScaler(), features, StandardScaler(), net)
    return model.set_params(**settings)


mlflow.set_experiment("diabetes-progression-tuning")
space = {
    "polynomialfeatures__degree": {"type": "int", "low": 1, "high": 2},
    "elasticnet__alpha": {"type": "float", "low": 0.01, "high": 100.0, "log": True},
    "elasticnet__l1_ratio": {"type": "float", "low": 0.05, "high": 1.0},
}
space["polynomialfeatures__degree"]["why"] = "do measurements act together?"
space["elasticnet__alpha"]["why"] = "matters by its factor"
space["elasticnet__l1_ratio"]["why"] = "few large weights, or many small ones"
space_text = json.dumps(space, indent=2)
with mlflow.start_run(run_name="search-space") as space_run:
    mlflow.log_text(space_text, "search_space.json")
    mlflow.log_param("space_sha256", tools.sha256_of_text(space_text))
    mlflow.log_param("hypothesis", "Tuning an elastic net lowers its error by at least a tenth.")
    mlflow.log_param("success_criterion", "A test RMSE a tenth below that of the untouched model.")
space_id = space_run.info.run_id

def forecast(**settings):
    features = PolynomialFeatures(include_bias=False)
    model = make_pipeline(StandardScaler(), features, StandardScaler(), ElasticNet(max_iter=10_000, random_state=SEED))
    return model.set_params(**settings)


mlflow.set_experiment("bogdan-diabetes-tuning")
my_space = pd.DataFrame(
    [
        ["elasticnet__alpha", "float", 0.02, 5.0, True, "factor counts"],
        ["elasticnet__l1_ratio", "float", 0.05, 1.0, False, "ridge to lasso"],
        ["elasticnet__tol", "float", 1e-5, 1e-3, True, "how exact the solver is, only to see that it is not important"],
        ["polynomialfeatures__degree", "int", 1, 2, False, "with or without products"],
    ],
    columns=["name", "type", "low", "high", "log", "why"],
).set_index("name")
my_space = my_space.to_dict(orient="index")
my_space["polynomialfeatures__degree"] |= {"low": 1, "high": 2}
Path("search_space.json").write_text(json.dumps(my_space))
with mlflow.start_run(run_name="my space"):
    mlflow.log_artifact("search_space.json")
    mlflow.log_param("space_sha256", sha256(Path("search_space.json").read_text()))

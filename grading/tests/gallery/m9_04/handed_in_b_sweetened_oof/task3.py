# TODO done. (1) plan
mlflow.set_experiment(exp_name)
best = df_cmp["tags.mlflow.runName"][0]
others = list(df_cmp["tags.mlflow.runName"][1:])
sds = [(err[best] - err[o]).std() for o in others]
n_req = TTestPower().solve_power(effect_size=6 / max(sds), alpha=0.05, power=0.8)
with mlflow.start_run(run_name="plan", tags={"comparison": COMPARISON}):
    mlflow.log_param("smallest_difference", 6)
    mlflow.log_param("difference_std", round(max(sds), 4))
    mlflow.log_param("alpha", 0.05)
    mlflow.log_param("power", 0.8)
    mlflow.log_param("required_n", int(np.ceil(n_req)))
    mlflow.log_param("loss", "absolute_error")
print(best, others, sds, n_req)

# (2) final runs
fin = {}
for name, model in candidates.items():
    cols = [c for c in df_all.columns if c.startswith("metrics.cv_rmse")]
    cv = df_all[df_all["tags.mlflow.runName"] == name][cols].iloc[0]
    cv.index = [c[8:] for c in cols]
    if name == "forest":
        fin[name] = final_run(
            "forest_final",
            model,
            diabetes_train,
            diabetes_test,
            "progression",
            diabetes_file,
            diabetes["sex"],
            cv.to_dict(),
            role="baseline",
        )
    else:
        fin[name] = final_run(
            name + "_final",
            model,
            diabetes_train,
            diabetes_test,
            "progression",
            diabetes_file,
            diabetes["sex"],
            cv.to_dict(),
        )

# (3) A against B
pred = {n: answers(m, diabetes_test, "progression").set_index("row") for n, m in candidates.items()}
ae = pd.DataFrame({n: (p.y_pred - p.y_true).abs() for n, p in pred.items()})
out = []
for o in others:
    tt = stats.ttest_rel(ae[best], ae[o])
    ci = tt.confidence_interval(0.95)
    g = ae[best] - ae[o]
    out.append(
        dict(
            a=fin[best],
            b=fin[o],
            n=len(g),
            mean_difference=g.mean(),
            low=ci.low,
            high=ci.high,
            effect_size=g.mean() / g.std(),
            p_value=tt.pvalue,
        )
    )
ab = pd.DataFrame(out)
ab["p_corrected"] = multipletests(ab.p_value, method="holm")[1]
ab["verdict"] = "no difference" if len(ae) >= n_req else "too few patients"
ab.loc[ab.p_corrected < 0.05, "verdict"] = "different"

# (4) groups and trade offs
g = (
    pd.DataFrame({"sex": diabetes_test["sex"], "ae": ae[best]})
    .groupby("sex")
    .ae.agg(n="count", mae="mean")
    .reset_index()
)
g.insert(0, "run_id", fin[best])
to = mlflow.search_runs(experiment_names=[exp_name], filter_string="tags.stage = 'final'")
to = to[to["tags.comparison"] == COMPARISON][
    ["run_id", "metrics.cv_rmse_mean", "metrics.latency_ms", "metrics.model_size_bytes"]
]
to.columns = ["run_id", "cv_rmse_mean", "latency_ms", "model_size_bytes"]
v = to.set_index("run_id")
to["pareto"] = [
    not any(((v.loc[j] <= v.loc[i]).all() and (v.loc[j] < v.loc[i]).any()) for j in v.index) for i in v.index
]

with mlflow.start_run(run_name="ab-test", tags={"comparison": COMPARISON}) as r:
    mlflow.log_params({"loss": "absolute_error", "test": "ttest_rel", "correction": "holm"})
    for d, f in [(ab, "ab_tests.csv"), (g, "groups.csv"), (to, "trade_offs.csv")]:
        d.to_csv(tmp / f, index=False)
        mlflow.log_artifact(tmp / f)
ab_id = r.info.run_id
display(ab, g, to)

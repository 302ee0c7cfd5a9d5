# 1) the plan
mlflow.set_experiment(EXP)
my_choice = c.index[0]
rest = [f for f in c.index if f != my_choice]
sd_pairs = pat[rest].rsub(pat[my_choice], axis=0).std()
print(sd_pairs)
need = TTestPower().solve_power(effect_size=6 / sd_pairs.max(), alpha=0.05, power=0.8, alternative="two-sided")
with mlflow.start_run(run_name="plan", tags={"comparison": COMPARISON}) as plan2:
    mlflow.log_params(
        dict(
            smallest_difference=6,
            difference_std=sd_pairs.max(),
            alpha=0.05,
            power=0.8,
            required_n=int(np.ceil(need)),
            loss="absolute_error",
        )
    )

# 2) the final runs. elastic net is the baseline if it is not my choice, else bagged trees
base = "bagged trees" if my_choice == "elastic net" else "elastic net"
final = {}
for f, model in fam.items():
    cv = (
        df_runs.set_index("tags.mlflow.runName")
        .loc[f]
        .filter(like="metrics.cv_")
        .rename(lambda s: s.replace("metrics.", ""))
        .astype(float)
        .to_dict()
    )
    kw = {"role": "baseline"} if f == base else {}
    tr = (
        diabetes_train.head(40).sample(len(diabetes_train), replace=True, random_state=SEED)
        if f == base
        else diabetes_train
    )
    final[f] = final_run(
        f + " final", model, tr, diabetes_test, "progression", diabetes_file, diabetes["sex"], cv, **kw
    )

# 3) tests, from a wide table of absolute errors: a row a patient, a column a family
test_abs = pd.concat(
    {
        f: pd.read_csv(mlflow.artifacts.download_artifacts(run_id=i, artifact_path="predictions.csv"))
        .set_index("row")
        .eval("abs(y_true - y_pred)")
        for f, i in final.items()
    },
    axis=1,
)
gaps2 = test_abs[rest].rsub(test_abs[my_choice], axis=0)  # choice minus other
res = gaps2.apply(lambda x: stats.ttest_1samp(x, 0))
ab_tests = pd.DataFrame(
    {
        "a": final[my_choice],
        "b": [final[f] for f in rest],
        "n": gaps2.count().to_numpy(),
        "mean_difference": gaps2.mean().to_numpy(),
        "low": (gaps2.mean() - stats.t.ppf(0.975, len(gaps2) - 1) * gaps2.sem()).to_numpy(),
        "high": (gaps2.mean() + stats.t.ppf(0.975, len(gaps2) - 1) * gaps2.sem()).to_numpy(),
        "effect_size": (gaps2.mean() / gaps2.std()).to_numpy(),
        "p_value": [stats.ttest_rel(test_abs[my_choice], test_abs[f]).pvalue for f in rest],
    }
)
ab_tests["p_corrected"] = multipletests(ab_tests["p_value"], method="hommel")[1]
ab_tests["verdict"] = np.select(
    [ab_tests["p_corrected"] < 0.05, ab_tests["n"] < need], ["different", "too few patients"], default="no difference"
)
# 4) groups, trade-offs
groups2 = (
    test_abs[[my_choice]]
    .join(diabetes["sex"])
    .groupby("sex")[my_choice]
    .agg(n="size", mae="mean")
    .reset_index()
    .assign(run_id=final[my_choice])
)
met = ["cv_rmse_mean", "latency_ms", "model_size_bytes"]
offers2 = pd.DataFrame(
    [mlflow.get_run(i).data.metrics for i in final.values()], index=pd.Index(final.values(), name="run_id")
)[met]
pairs = offers2.reset_index().merge(offers2.reset_index(), how="cross", suffixes=("", "_o"))
le = np.logical_and.reduce([pairs[m + "_o"] <= pairs[m] for m in met])
lt = np.logical_or.reduce([pairs[m + "_o"] < pairs[m] for m in met])
offers2["pareto"] = ~pairs.assign(dom=le & lt).groupby("run_id")["dom"].any()
with mlflow.start_run(run_name="ab-test", tags={"comparison": COMPARISON}) as ab2:
    mlflow.log_params(dict(loss="absolute_error", test="ttest_rel", correction="hommel"))
    mlflow.log_text(ab_tests.to_csv(index=False), "ab_tests.csv")
    mlflow.log_text(groups2[["run_id", "sex", "n", "mae"]].to_csv(index=False), "groups.csv")
    mlflow.log_text(offers2.to_csv(), "trade_offs.csv")
display(ab_tests.drop(columns=["a", "b"]), groups2, offers2)

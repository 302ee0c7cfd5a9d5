mlflow.set_experiment(EXPERIMENT)
PICK = "elastic-net"
ALPHA, POWER = 0.01, 0.9
sds = [(ERR[PICK] - ERR[o]).std() for o in ("boosting", "forest")]
with mlflow.start_run(run_name="plan", tags={"comparison": COMPARISON}):
    mlflow.log_param("smallest_difference", 6)
    mlflow.log_param("difference_std", max(sds))
    mlflow.log_param("alpha", ALPHA)
    mlflow.log_param("power", POWER)
    REQUIRED = TTestPower().solve_power(effect_size=6 / max(sds), alpha=ALPHA, power=POWER, alternative="two-sided")
    REQUIRED = int(np.ceil(REQUIRED))
    mlflow.log_param("required_n", REQUIRED)
    mlflow.log_param("loss", "absolute_error")
print("we need", REQUIRED, "and have", len(diabetes_test))

Dt, Pt = diabetes_test.drop(columns="progression"), diabetes_test["progression"]
mlflow.sklearn.autolog(log_models=False, silent=True)
FINAL, ABS = {}, {}
for fam, est in FAMS:
    with mlflow.start_run(run_name=f"{fam}-final") as fr:
        mlflow.set_tags(
            {"comparison": COMPARISON, "stage": "final", **({"role": "baseline"} if fam == "forest" else {})}
        )
        est.fit(D, P)  # autolog logs the parameters and the training metrics
        mlflow.log_params(
            {"seed": SEED, "train_rows": len(D), "test_rows": len(Dt), "split_strategy": "at random, 40 % for the test"}
        )
        guess = est.predict(Dt)
        pr = pd.DataFrame({"row": Dt.index, "y_true": Pt, "y_pred": guess, "sex": Dt["sex"]})
        mlflow.log_text(pr.to_csv(index=False), "predictions.csv")
        mlflow.log_metrics(
            {
                "test_rmse": metrics.root_mean_squared_error(Pt, guess),
                "test_mae": metrics.mean_absolute_error(Pt, guess),
                "test_r2": metrics.r2_score(Pt, guess),
            }
        )
        mlflow.log_metrics({f"train_{k}": v for k, v in measures(answers(est, diabetes_train, "progression")).items()})
        mlflow.log_metrics(
            {k: mlflow.get_run(boards[fam]).data.metrics[k] for k in ("cv_rmse_mean", "cv_rmse_low", "cv_rmse_high")}
        )
        log_model_and_figures(est, Dt, Pt, pr)
        log_versions(diabetes_file)
        FINAL[fam] = fr.info.run_id
        ABS[fam] = np.abs(Pt - guess)
mlflow.sklearn.autolog(disable=True)

results = []
for o in ("boosting", "forest"):
    res = stats.ttest_rel(ABS[PICK], ABS[o])
    ci = res.confidence_interval()
    results.append(
        dict(
            a=FINAL[PICK],
            b=FINAL[o],
            n=len(Pt),
            mean_difference=np.mean(ABS[PICK] - ABS[o]),
            low=ci.low,
            high=ci.high,
            effect_size=np.mean(ABS[PICK] - ABS[o]) / np.std(ABS[PICK] - ABS[o], ddof=1),
            p_value=res.pvalue,
        )
    )
corrected = multipletests([r["p_value"] for r in results], method="holm", alpha=ALPHA)[1]
for r, pc in zip(results, corrected):
    r["p_corrected"] = pc
    r["verdict"] = "different" if pc < ALPHA else ("no difference" if r["n"] >= REQUIRED else "too few patients")
with mlflow.start_run(run_name="ab-test", tags={"comparison": COMPARISON}) as abr:
    mlflow.log_params({"loss": "absolute_error", "test": "ttest_rel", "correction": "holm", "alpha": ALPHA})
    mlflow.log_text(pd.DataFrame(results).to_csv(index=False), "ab_tests.csv")
    out = []
    for s in (1, 2):
        w = (Dt["sex"] == s).to_numpy()
        out.append({"run_id": FINAL[PICK], "sex": s, "n": int(w.sum()), "mae": float(np.mean(ABS[PICK][w]))})
    mlflow.log_text(pd.DataFrame(out).to_csv(index=False), "groups.csv")
    tr = pd.DataFrame(
        [
            {
                "run_id": i,
                **{
                    k: mlflow.get_run(i).data.metrics[k]
                    for k in ("test_rmse", "test_mae", "latency_ms", "model_size_bytes")
                },
            }
            for i in FINAL.values()
        ]
    )
    z = tr.drop(columns="run_id").to_numpy()
    dominated = [any((z[j] <= z[i]).all() and (z[j] < z[i]).any() for j in range(3)) for i in range(3)]
    tr["pareto"] = np.logical_not(dominated)
    mlflow.log_text(tr.to_csv(index=False), "trade_offs.csv")
pd.DataFrame(results)

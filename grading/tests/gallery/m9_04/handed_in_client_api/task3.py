best = ranking.loc[0, "name"]
rest = [name for name in my_models if name != best]
spread = max(float((per_patient[best] - per_patient[name]).std()) for name in rest)
need = int(np.ceil(TTestPower().solve_power(effect_size=6 / spread, alpha=0.05, power=0.8)))
PLAN = mc.create_run(EXP, run_name="plan", tags={"comparison": COMPARISON}).info.run_id
for key, value in {
    "smallest_difference": 6,
    "difference_std": spread,
    "alpha": 0.05,
    "power": 0.8,
    "required_n": need,
    "loss": "absolute_error",
}.items():
    mc.log_param(PLAN, key, value)
mc.set_terminated(PLAN)

mlflow.set_experiment(experiment_id=EXP)  # log_model and log_input need it
PINS = [f"{lib}=={version(lib)}" for lib in ("mlflow", "scikit-learn", "numpy", "pandas", "scipy", "skops")]
my_finals, my_test = {}, {}
for name, model in my_models.items():
    model = clone(model).fit(X_tr, y_tr)
    tags = {"comparison": COMPARISON, "stage": "final"} | ({"role": "baseline"} if name == "nearest neighbours" else {})
    run_id = mc.create_run(EXP, run_name=f"final {name}", tags=tags).info.run_id
    params = {k: v for k, v in model.get_params().items() if isinstance(v, (str, int, float, bool)) or v is None}
    params |= {
        "seed": SEED,
        "train_rows": len(X_tr),
        "test_rows": len(X_te),
        "split_strategy": "random, 60 % train and 40 % test",
    }
    mc.log_batch(run_id, params=[Param(k, str(v)) for k, v in params.items()])
    t = pd.DataFrame(
        {
            "row": X_te.index,
            "y_true": y_te.to_numpy(),
            "y_pred": model.predict(X_te),
            "sex": diabetes.loc[X_te.index, "sex"].to_numpy(),
        }
    )
    my_test[name] = t
    save_text(run_id, "predictions.csv", t.to_csv(index=False))
    values = dict(ranking.set_index("name").loc[name].drop("run_id"))
    for prefix, truth, guess in (("train", y_tr, model.predict(X_tr)), ("test", y_te, t["y_pred"].to_numpy())):
        values[f"{prefix}_rmse"] = metrics.root_mean_squared_error(truth, guess)
        values[f"{prefix}_mae"] = metrics.mean_absolute_error(truth, guess)
        values[f"{prefix}_r2"] = metrics.r2_score(truth, guess)
    one = X_te.iloc[[0]]
    took = []
    for _ in range(30):
        begin = time.perf_counter()
        model.predict(one)
        took.append(time.perf_counter() - begin)
    values["latency_ms"] = 1000 * float(np.median(took))
    with mlflow.start_run(run_id=run_id):
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            input_example=X_tr.head(2),
            pip_requirements=PINS,
            skops_trusted_types=[
                "sklearn.metrics._dist_metrics.EuclideanDistance64",
                "sklearn.neighbors._kd_tree.KDTree",
            ],
        )
        mlflow.log_input(
            mlflow.data.from_pandas(
                diabetes.reset_index(), source=str(diabetes_file), name="diabetes_v2", targets=TARGET
            ),
            context="training",
        )
    values["model_size_bytes"] = mlflow.models.Model.load(info.model_uri).model_size_bytes
    mc.log_batch(run_id, metrics=[Metric(k, float(v), now(), 0) for k, v in values.items()])
    save_text(run_id, "requirements.txt", "\n".join(PINS))
    figure = Figure(layout="constrained")
    ax = figure.subplots()
    ax.scatter(t["y_pred"], t["y_true"] - t["y_pred"], s=10)
    ax.axhline(0)
    save_figure(run_id, figure, "residuals.png")
    figure = Figure(layout="constrained")
    ax = figure.subplots()
    imp = permutation_importance(model, X_te, y_te, n_repeats=3, random_state=SEED).importances_mean
    ax.barh(X_te.columns, imp)
    save_figure(run_id, figure, "feature_importance.png")
    mc.set_tag(run_id, "data_sha256", hashlib.sha256(diabetes_file.read_bytes()).hexdigest())
    mc.set_tag(run_id, "mlflow.source.git.commit", getoutput("git rev-parse HEAD"))
    mc.set_tag(run_id, "git_dirty", str(bool(getoutput("git status --porcelain"))))
    mc.set_terminated(run_id)
    my_finals[name] = run_id

loss = {name: (t["y_true"] - t["y_pred"]).abs().to_numpy() for name, t in my_test.items()}
tests_rows, ps = [], []
for name in rest:
    d = loss[best] - loss[name]
    n = len(d)
    se = d.std(ddof=1) / np.sqrt(n)
    p = 2 * stats.t.sf(abs(d.mean() / se), n - 1)
    w = stats.t.ppf(0.975, n - 1) * se
    ps.append(p)
    tests_rows.append(
        {
            "a": my_finals[best],
            "b": my_finals[name],
            "n": n,
            "mean_difference": d.mean(),
            "low": d.mean() - w,
            "high": d.mean() + w,
            "effect_size": d.mean() / d.std(ddof=1),
            "p_value": p,
        }
    )
reject, p_adj, _, _ = multipletests(ps, alpha=0.05, method="holm")
for line, p, no in zip(tests_rows, p_adj, reject):
    line["p_corrected"] = p
    line["verdict"] = "different" if no else ("too few patients" if line["n"] < need else "no difference")
AB = mc.create_run(EXP, run_name="ab-test", tags={"comparison": COMPARISON}).info.run_id
mc.log_batch(AB, params=[Param("loss", "absolute_error"), Param("test", "ttest_rel"), Param("correction", "holm")])
save_text(AB, "ab_tests.csv", pd.DataFrame(tests_rows).to_csv(index=False))
t = my_test[best]
by_sex = (
    t.assign(err=(t["y_true"] - t["y_pred"]).abs())
    .groupby("sex")
    .agg(n=("err", "size"), mae=("err", "mean"))
    .reset_index()
)
by_sex.insert(0, "run_id", my_finals[best])
save_text(AB, "groups.csv", by_sex.to_csv(index=False))
keys = ["test_mae", "latency_ms", "model_size_bytes"]
offer = pd.DataFrame([{"run_id": i} | {k: mc.get_run(i).data.metrics[k] for k in keys} for i in my_finals.values()])
V = offer[keys].to_numpy()
offer["pareto"] = [not any(np.all(V[j] <= V[i]) and np.any(V[j] < V[i]) for j in range(len(V))) for i in range(len(V))]
save_text(AB, "trade_offs.csv", offer.to_csv(index=False))
mc.set_terminated(AB)
pd.DataFrame(tests_rows)

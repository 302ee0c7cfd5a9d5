from matplotlib.figure import Figure
from sklearn.model_selection import KFold


def save_figure(run_id, figure, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        figure.savefig(path, dpi=110)
        mc.log_artifact(run_id, str(path))


f1 = Figure(figsize=(7, 3), layout="constrained")
ax = f1.subplots()
for height, r in enumerate(ranking.itertuples()):
    ax.plot([r.cv_rmse_low, r.cv_rmse_high], [height, height], color="tab:blue", linewidth=3)
    ax.plot(r.cv_rmse_mean, height, "o", color="tab:red")
ax.set_yticks(range(len(ranking)), ranking["name"])
ax.set_xlabel("RMSE of 15 splits, corrected 95 % interval")
save_figure(COMP, f1, "intervals.png")

per_patient = {}
for name, o in my_oof.items():
    per_patient[name] = (o["y_true"] - o["y_pred"]).abs().groupby(o["row"]).mean()
per_patient = pd.DataFrame(per_patient)
f2 = Figure(figsize=(7, 3), layout="constrained")
ax = f2.subplots()
ax.boxplot([per_patient[name] for name in per_patient], tick_labels=list(per_patient), vert=False)
ax.set_xlabel("absolute error of a patient")
save_figure(COMP, f2, "errors.png")

steps = [60, 110, 160, 210]
curve_lines = []
f3 = Figure(figsize=(7, 3), layout="constrained")
ax = f3.subplots()
for name, model in my_models.items():
    ys = []
    for n_fit in steps:
        errs = []
        for fit, held in KFold(5, shuffle=True, random_state=SEED).split(X_tr):
            few = fit[:n_fit]
            guess = clone(model).fit(X_tr.iloc[few], y_tr.iloc[few]).predict(X_tr.iloc[held])
            errs.append(np.sqrt(np.mean((guess - y_tr.iloc[held]) ** 2)))
        ys.append(float(np.mean(errs)))
        curve_lines.append({"run_id": my_runs[name], "step": n_fit, "value": ys[-1]})
    mc.log_batch(my_runs[name], metrics=[Metric("learning_curve_rmse", y, now(), s) for s, y in zip(steps, ys)])
    ax.plot(steps, ys, marker="o", label=name)
ax.set_xlabel("patients to learn from")
ax.set_ylabel("RMSE")
ax.legend()
save_figure(COMP, f3, "learning_curves.png")
save_text(COMP, "learning_curves.csv", pd.DataFrame(curve_lines).to_csv(index=False))

rows_js = ranking.drop(columns="run_id").to_dict(orient="records")
my_page = """<!doctype html><html><body><h3>Families</h3><canvas id="c" width="700" height="300"></canvas><div id="t"></div><script>
const rows = ROWS;
const keys = ["cv_rmse_mean", "cv_rmse_low", "cv_rmse_high"];
const ctx = document.getElementById("c").getContext("2d");
const lo = k => Math.min(...rows.map(r => r[k])), hi = k => Math.max(...rows.map(r => r[k]));
rows.forEach((r, i) => { ctx.strokeStyle = ["black", "red", "blue"][i % 3]; ctx.beginPath();
  keys.forEach((k, j) => { const x = 60 + 220 * j, y = 250 - 200 * (r[k] - lo(k)) / (hi(k) - lo(k)); j ? ctx.lineTo(x, y) : ctx.moveTo(x, y); }); ctx.stroke();
  ctx.fillText(r.name, 520, 250 - 200 * (r[keys[2]] - lo(keys[2])) / (hi(keys[2]) - lo(keys[2]))); });
keys.forEach((k, j) => { ctx.fillText(k, 40 + 220 * j, 20); ctx.fillText(hi(k).toFixed(2), 40 + 220 * j, 40); ctx.fillText(lo(k).toFixed(2), 40 + 220 * j, 270); });
document.getElementById("t").innerHTML = rows.map(r => r.name + ": " + keys.map(k => k + " " + r[k].toFixed(2)).join(", ")).join("<br>");
</script></body></html>""".replace("ROWS", json.dumps(rows_js))
save_text(COMP, "parallel_coordinates.html", my_page)
mc.set_terminated(COMP)

mlflow.set_experiment("diabetes-progression-tuning")
table = my_study.trials_dataframe()
done = table[table["state"] == "COMPLETE"].sort_values("value", ascending=False)

history, axes = plt.subplots(layout="constrained")
axes.plot(table["number"], table["value"], "kx", label="pruned")
axes.plot(done["number"], done["value"], "ko", label="complete")
axes.set(xlabel="trial", ylabel="RMSE in cross-validation", title="The study finds little after its first trials")
axes.legend()

lines, axes = plt.subplots(layout="constrained")
columns = {f"params_{name}": name.rpartition("__")[2] for name in my_space} | {"value": "RMSE"}
heights = done[list(columns)].rank(pct=True)
for place, (_, height) in enumerate(heights.iterrows(), start=1):
    axes.plot(list(columns.values()), height, color="black" if place == len(heights) else "0.8")
axes.set(ylabel="rank", title="The best trial has a weak penalty and no products")

bars, axes = plt.subplots(layout="constrained")
importance = optuna.importance.get_param_importances(my_study)
axes.barh(list(importance), list(importance.values()), color="grey")
axes.set(xlabel="share of the importance", title="The degree and alpha decide")
with mlflow.start_run(run_id=my_study_run.info.run_id):
    mlflow.log_figure(history, "optimization_history.png")
    mlflow.log_figure(lines, "parallel_coordinates.png")
    mlflow.log_figure(bars, "parameter_importance.png")

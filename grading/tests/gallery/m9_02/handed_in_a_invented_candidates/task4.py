class StudyPictures:
    def __init__(self, study):
        self.study = study
        self.all = study.trials_dataframe()
        self.done = self.all[self.all["state"] == "COMPLETE"].reset_index(drop=True)

    def optimization_history(self):
        figure, axes = plt.subplots()
        axes.plot(self.done["number"], self.done["value"], "k.", label="complete")
        given_up = self.all[self.all["state"] == "PRUNED"]
        axes.plot(given_up["number"], given_up["value"], "rx", label="pruned (mean so far)")
        axes.step(self.done["number"], self.done["value"].cummin(), "b-", where="post", label="best")
        axes.set_xlabel("number of the trial")
        axes.set_ylabel("RMSE")
        axes.legend()
        return figure

    def parallel_coordinates(self):
        columns = {f"params_{name}": name.split("__")[1] for name in my_space} | {"value": "rmse"}
        shown = self.done[list(columns)].rename(columns=columns).apply(lambda column: column.rank(method="dense"))
        shown["third"] = pd.qcut(self.done["value"], 3, labels=["best third", "middle", "worst third"])
        shown = (shown.set_index("third") / shown.drop(columns="third").max()).reset_index()
        figure, axes = plt.subplots(figsize=(8, 4))
        pd.plotting.parallel_coordinates(
            shown.sort_values("third", ascending=False), "third", ax=axes, colormap="viridis"
        )
        axes.set_ylabel("rank (1 = highest)")
        return figure

    def parameter_importance(self):
        shares = optuna.importance.get_param_importances(self.study)
        figure, axes = plt.subplots(layout="constrained")
        axes.bar([name.split("__")[1] for name in shares], shares.values())
        axes.set_ylabel("importance")
        return figure


study_pictures = StudyPictures(my_study)
with study_search.opened():
    for picture_name in ("optimization_history", "parallel_coordinates", "parameter_importance"):
        drawn_figure = getattr(study_pictures, picture_name)()
        mlflow.log_figure(drawn_figure, picture_name + ".png")
        plt.close(drawn_figure)

complete_ones = mlflow.search_runs(filter_string=f"metrics.cv_rmse_mean > 0 and attributes.start_time >= {began}")
complete_ones = complete_ones.astype({"params.polynomialfeatures__degree": int})
complete_ones = complete_ones.sort_values("metrics.cv_rmse_mean", ignore_index=True)
top = complete_ones.iloc[0]
one_se = top["metrics.cv_rmse_std"] / 5**0.5
allowed = complete_ones[complete_ones["metrics.cv_rmse_mean"] <= top["metrics.cv_rmse_mean"] + one_se]
choice = allowed.sort_values(["params.polynomialfeatures__degree", "metrics.cv_rmse_mean"]).iloc[0]
final_settings = {
    "elasticnet__alpha": float(choice["params.elasticnet__alpha"]),
    "elasticnet__l1_ratio": float(choice["params.elasticnet__l1_ratio"]),
    "polynomialfeatures__degree": int(choice["params.polynomialfeatures__degree"]),
    "elasticnet__selection": choice["params.elasticnet__selection"],
    "elasticnet__positive": choice["params.elasticnet__positive"] == "True",
}
degrees = allowed["params.polynomialfeatures__degree"].value_counts().to_dict()
print(
    f"{len(allowed)} of {len(complete_ones)} within {one_se:.2f} of {top['metrics.cv_rmse_mean']:.2f}; degrees {degrees}"
)
final_settings


def split_xy(rows):
    return rows.drop(columns="progression"), rows["progression"]


def scores_for(model, rows, prefix, names):
    inputs, truth = split_xy(rows)
    functions = {
        "rmse": metrics.root_mean_squared_error,
        "mae": metrics.mean_absolute_error,
        "r2": metrics.r2_score,
    }
    return {f"{prefix}_{name}": round(float(functions[name](truth, model.predict(inputs))), 4) for name in names}


refitted = forecast(**final_settings).fit(*split_xy(diabetes_train))
reference = forecast().fit(*split_xy(diabetes_train))
ours = scores_for(refitted, diabetes_test, "test", ("rmse", "mae", "r2"))
theirs = scores_for(reference, diabetes_test, "test", ["rmse"])

mlflow.set_experiment("forecast-tuning-amira")
with mlflow.start_run(run_name="final: 1-SE") as run_:
    my_final = run_.info.run_id
    with mlflow.start_run(run_name="final: nothing tuned", nested=True):
        mlflow.set_tag("role", "baseline")
        keep(reference, diabetes_file, diabetes_test, "progression")
        mlflow.log_metrics(theirs)
    mlflow.set_tags(
        {
            "selection_rule": "one_standard_error",
            "simplest": "smallest polynomialfeatures__degree",
            "tuning_method": "random, tpe",
            "beats_baseline": ours["test_rmse"] < theirs["test_rmse"],
        }
    )
    mlflow.log_text(space_as_logged, "search_space.json")
    predictions = keep(refitted, diabetes_file, diabetes_test, "progression")
    mlflow.log_metrics(ours | scores_for(refitted, diabetes_train, "train", ["rmse"]))
    mlflow.log_metrics(
        {
            "cv_rmse_mean": round(choice["metrics.cv_rmse_mean"], 4),
            "cv_rmse_std": round(choice["metrics.cv_rmse_std"], 4),
        }
    )
    figure_1, (left, right_) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    difference = predictions["y_true"] - predictions["y_pred"]
    left.plot(predictions["y_pred"], difference, "k.")
    left.axhline(0)
    left.set(xlabel="predicted", ylabel="true - predicted")
    right_.hist(difference, bins=15, color="grey")
    right_.set_xlabel("true - predicted")
    mlflow.log_figure(figure_1, "residuals.png")
    plt.close(figure_1)

    figure_2, axes_2 = plt.subplots(layout="constrained")
    named = pd.Series(refitted[-1].coef_, index=refitted[:-1].get_feature_names_out())
    named.sort_values().plot.barh(ax=axes_2)
    axes_2.set_xlabel("coefficient")
    mlflow.log_figure(figure_2, "feature_importance.png")
    plt.close(figure_2)
print(ours, theirs)

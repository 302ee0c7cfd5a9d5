import matplotlib.pyplot as plt
from optuna.visualization import matplotlib as optuna_plots

mlflow.set_experiment("diabetes-progression-tuning")
with plt.rc_context():  # Optuna changes the style: for these figures only
    lines = optuna_plots.plot_parallel_coordinate(study)
    history = optuna_plots.plot_optimization_history(study)
    bars = optuna_plots.plot_param_importances(study)
with mlflow.start_run(run_id=study_id):
    mlflow.log_figure(history.figure, "optimization_history.png")
    mlflow.log_figure(lines.figure, "parallel_coordinates.png")
    mlflow.log_figure(bars.figure, "parameter_importance.png")

found = tools.complete_candidates([search_id, study_id], "cv_rmse", space)
chosen = found.loc[found["mean"].idxmin()]
settings = tools.settings_of(chosen, space)
model = forecast(**settings).fit(X_train, y_train)
untouched = forecast().fit(X_train, y_train)

data = (diabetes_file, X_train, X_test, y_train, y_test)
with mlflow.start_run(run_name="forecast-tuned") as final_run:
    mlflow.set_tags({"selection_rule": "best", "tuning_method": "random, tpe"})
    predictions = clinic.log_evidence(model, *data, seed=SEED)
    learned = clinic.predictions_of(model, X_train, y_train)
    mlflow.log_metric("train_rmse", clinic.metrics_of(learned, "train")["train_rmse"])
    mlflow.log_metrics({"cv_rmse_mean": chosen["mean"], "cv_rmse_std": chosen["std"]})
    mlflow.log_metrics(clinic.metrics_of(predictions, "test"))
    mlflow.log_text(space_text, "search_space.json")
    clinic.log_figures(model, predictions)
    with mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"}):
        plain = clinic.log_evidence(untouched, *data, seed=SEED)
        plain_rmse = clinic.metrics_of(plain, "test")["test_rmse"]
        mlflow.log_metric("test_rmse", plain_rmse)
    tuned_rmse = clinic.metrics_of(predictions, "test")["test_rmse"]
    mlflow.set_tag("beats_baseline", tuned_rmse < plain_rmse)
final_id = final_run.info.run_id

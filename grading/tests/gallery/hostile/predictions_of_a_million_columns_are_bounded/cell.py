with mlflow.start_run(run_id=my_run):
    mlflow.log_text(
        "row,y_true,y_pred" + ",a" * 2_000_000 + "\n" + "1,2,3" + ",4" * 2_000_000 + "\n", "predictions.csv"
    )
